import type { GroupReference, RoleReference } from './entities.js';

/**
 * Orders names as dynsec does: by the bytes of their UTF-8, which is the order of their code points.
 * JavaScript's own `<` compares UTF-16 units and puts U+1F600 before U+FB00.
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankOfUnit(x) - rankOfUnit(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all of the basic plane: lift them over U+E000 to U+FFFF. */
function rankOfUnit(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Roles in the order of evaluation: priority descending, then name. */
export function compareRoleReferences(a: RoleReference, b: RoleReference): number {
  return b.priority - a.priority || compareNames(a.rolename, b.rolename);
}

/** Groups in the order of evaluation: priority descending, then name. */
export function compareGroupReferences(a: GroupReference, b: GroupReference): number {
  return b.priority - a.priority || compareNames(a.groupname, b.groupname);
}

import type { Client } from '../dynsec/entities.js';

/**
 * Whether two clients are the very same version of one. Stores hand out the same object until a client is changed, and a
 * new one each time where they leave void references out of it: then every member is the same, and of the lists every
 * reference.
 *
 * INVARIANT: clients and references are never changed in place.
 */
export function isSameClient(a: Client | undefined, b: Client | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const { roles, groups, ...rest } = a;
  const members = Object.entries(rest);
  return (
    isSameList(roles, b.roles) &&
    isSameList(groups, b.groups) &&
    members.every(([name, value]) => b[name as keyof Client] === value) &&
    Object.keys(b).length === members.length + 2
  );
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

import { compareGroupReferences, compareRoleReferences } from '../compare.js';
import type { GroupReference, Role, RoleReference } from '../entities.js';
import { LOADED } from '../entities.js';
import type { Members } from './members.js';
import { clampPriority } from './priority.js';

/** What a reference to a role or a group has as its priority when it names none. */
const DEFAULT_PRIORITY = -1;

/** The priority of a reference. */
export function parseReferencePriority(members: Members): number {
  return clampPriority(members.number('priority') ?? DEFAULT_PRIORITY);
}

/** Reads the `roles` of a client or a group; what refers to nothing is passed over. */
export function parseRoleReferences(
  holder: Members,
  roles: ReadonlyMap<string, Role>,
  intern: Interner,
): readonly RoleReference[] {
  const references = new Map<string, RoleReference>();
  for (const members of holder.objects('roles')) {
    const rolename = members.string('rolename');
    if (rolename === undefined) members.reportSelf('has no rolename; passed over');
    else if (!roles.has(rolename)) {
      members.report('rolename', 'there is no such role; passed over', { severity: 'warning' });
    } else if (references.has(rolename)) {
      members.report('rolename', 'is repeated; the first one counts', { severity: 'warning' });
    } else
      references.set(rolename, { rolename, incarnation: LOADED, priority: parseReferencePriority(members) });
  }
  return intern.roles([...references.values()].sort(compareRoleReferences));
}

/** Gives equal lists as one frozen list: 200,000 clients with the same roles hold them once. */
export class Interner {
  readonly #roles = new Map<string, readonly RoleReference[]>();
  readonly #groups = new Map<string, readonly GroupReference[]>();

  roles(list: readonly RoleReference[]): readonly RoleReference[] {
    return intern(this.#roles, list, ({ rolename, incarnation, priority }) =>
      [rolename, incarnation, priority].join('\0'),
    );
  }

  /** Sorts the list first. */
  groups(list: readonly GroupReference[]): readonly GroupReference[] {
    const sorted = [...list].sort(compareGroupReferences);
    return intern(this.#groups, sorted, ({ groupname, incarnation, priority }) =>
      [groupname, incarnation, priority].join('\0'),
    );
  }
}

/** Names hold no NUL, so that no two lists have the same key. */
function intern<T>(
  known: Map<string, readonly T[]>,
  list: readonly T[],
  keyOf: (element: T) => string,
): readonly T[] {
  const key = list.map(keyOf).join('\0\0');
  let found = known.get(key);
  if (!found) known.set(key, (found = Object.freeze([...list])));
  return found;
}

import type { Client, GroupReference, RoleReference } from '../../dynsec/entities.js';

/** Clients of a fleet hold the same roles and groups: equal lists are one, which halves what a client takes. */
export class SharedReferences {
  readonly #roles = new Map<string, readonly RoleReference[]>();
  readonly #groups = new Map<string, readonly GroupReference[]>();

  share(client: Client): Client {
    const roles = shareOne(this.#roles, client.roles, (each) => [
      each.rolename,
      each.incarnation,
      each.priority,
    ]);
    const groups = shareOne(this.#groups, client.groups, (each) => [
      each.groupname,
      each.incarnation,
      each.priority,
    ]);
    return roles === client.roles && groups === client.groups ? client : { ...client, roles, groups };
  }
}

function shareOne<T>(
  known: Map<string, readonly T[]>,
  list: readonly T[],
  members: (each: T) => readonly (string | number)[],
): readonly T[] {
  const key = JSON.stringify(list.map(members));
  const shared = known.get(key);
  if (shared) return shared;
  known.set(key, list);
  return list;
}

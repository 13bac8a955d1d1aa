import { LRUCache } from 'lru-cache';
import type { GroupReference, RoleReference } from '../../dynsec/entities.js';
import type { Holder } from '../memory/client-records.js';

/** A client that is not in memory: no more than what it refers to. */
export class UnheldClient implements Holder {
  constructor(
    readonly roles: readonly RoleReference[],
    readonly groups: readonly GroupReference[],
  ) {}
}

/** How many different ones are looked for among: a fleet has few, and where each client has its own there is no gain. */
const MAX_KNOWN = 10_000;

/** Clients of a fleet hold the same roles and groups: what is kept of those that are not in memory is shared. */
export class ReferenceLists {
  readonly #known = new LRUCache<string, UnheldClient>({ max: MAX_KNOWN });

  unheld({ roles, groups }: Holder): UnheldClient {
    const key = JSON.stringify([
      roles.map(({ rolename, incarnation, priority }) => [rolename, incarnation, priority]),
      groups.map(({ groupname, incarnation, priority }) => [groupname, incarnation, priority]),
    ]);
    const known = this.#known.get(key);
    if (known) return known;
    const unheld = new UnheldClient(roles, groups);
    this.#known.set(key, unheld);
    return unheld;
  }
}

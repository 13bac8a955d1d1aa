import type { StoredSettings } from '../dynsec/records/stored-settings.js';
import type { Client, Group, Role } from '../dynsec/entities.js';
import type { Change } from '../gate/ports.js';
import type { Changes } from './memory/versioned-map.js';

/** The entities that a change writes, whole as they are from then on, or undefined where they are deleted. */
export interface RealmWrites {
  readonly clients: Changes<Client>;
  readonly groups: Changes<Group>;
  readonly roles: Changes<Role>;
  /** Undefined: they stay as they are. */
  readonly settings: StoredSettings | undefined;
}

/** A change with all that has to be written down for it to last. Writing it down twice is writing it down once. */
export interface RealmEntry {
  readonly change: Change;
  readonly changeIndex: number;
  readonly writes: RealmWrites;
}

/** What a change log says of writes. */
export function touchedBy({ clients, groups, roles, settings }: RealmWrites): Change['touched'] {
  return {
    clients: [...clients.keys()],
    groups: [...groups.keys()],
    roles: [...roles.keys()],
    settings: settings !== undefined,
  };
}

import type { Kick } from '../dynsec/commands/draft.js';
import { withoutUndefined } from '../dynsec/commands/without-undefined.js';
import type { Configuration, Group, Role } from '../dynsec/entities.js';
import type { StoredSettings } from '../dynsec/records/stored-settings.js';
import { isSame } from './is-same.js';
import type { Changes } from './memory/versioned-map.js';
import type { RealmWrites } from './realm-entry.js';

/** What makes one configuration of another; undefined where they are the same, change index included. */
export function differenceBetween(before: Configuration, after: Configuration): RealmWrites | undefined {
  const writes = {
    clients: changesBetween(before.clients, after.clients),
    groups: changesBetween(before.groups, after.groups),
    roles: changesBetween(before.roles, after.roles),
    settings: isSame(settingsOf(before), settingsOf(after)) ? undefined : settingsOf(after),
  };
  const touched = writes.clients.size + writes.groups.size + writes.roles.size;
  const isAll = touched === 0 && !writes.settings && before.changeIndex === after.changeIndex;
  return isAll ? undefined : writes;
}

/**
 * Whom such a change touches, as the commands that would make it: clients that are changed or gone, members of
 * groups that are, holders of roles that are, texts of roles aside, and the anonymous with their group.
 */
export function kicksOfDifference(before: Configuration, { writes, after }: Replacement): readonly Kick[] {
  const { anonymousGroup } = before;
  const isAnonymousTouched =
    after.anonymousGroup !== anonymousGroup ||
    (anonymousGroup !== undefined && writes.groups.has(anonymousGroup));
  return [
    ...[...writes.clients.keys()]
      .filter((username) => before.clients.has(username))
      .map((username): Kick => ({ kind: 'user', username })),
    ...touchedOf(before.groups, writes.groups).map(({ groupname, incarnation }): Kick => ({
      kind: 'members',
      groupname,
      incarnation,
    })),
    ...touchedOf(before.roles, writes.roles)
      .filter((role) => !decidesAlike(role, writes.roles.get(role.rolename)))
      .map(({ rolename, incarnation }): Kick => ({ kind: 'holders', rolename, incarnation })),
    ...(isAnonymousTouched ? [{ kind: 'anonymous' } as const] : []),
  ];
}

/** A configuration that takes the place of another, and what that writes. */
export interface Replacement {
  readonly after: Configuration;
  readonly writes: RealmWrites;
}

function settingsOf({ defaultACLAccess, anonymousGroup, extra }: Configuration): StoredSettings {
  return withoutUndefined<StoredSettings>({ defaultACLAccess, anonymousGroup, extra });
}

function touchedOf<T extends Group | Role>(
  before: ReadonlyMap<string, T>,
  changes: Changes<T>,
): readonly T[] {
  return [...changes.keys()].flatMap((name) => before.get(name) ?? []);
}

function decidesAlike(before: Role, after: Role | undefined): boolean {
  return after?.allowwildcardsubs === before.allowwildcardsubs && isSame(after.acls, before.acls);
}

function changesBetween<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Changes<T> {
  const changes = new Map<string, T | undefined>();
  for (const [name, entity] of after) {
    const old = before.get(name);
    if (old === undefined || !isSame(old, entity)) changes.set(name, entity);
  }
  for (const name of before.keys()) if (!after.has(name)) changes.set(name, undefined);
  return changes;
}

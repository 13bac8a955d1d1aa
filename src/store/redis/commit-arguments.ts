import type { Group, Incarnation, Role } from '../../dynsec/entities.js';
import type { Changes } from '../memory/versioned-map.js';
import type { RealmState } from '../memory/realm-state.js';
import type { RealmWrites } from '../realm-entry.js';
import { clientText, digestOf, groupText, roleText, settingsText, UNSTAMPED } from './records.js';
import type { DraftReads } from './tracked-draft.js';

/** A value that is not as it would be written, by hand for instance: its digest, by the entity that was read of it. */
export type OddDigests = WeakMap<object, string>;

/** What was read, as `commit.lua` takes it: how many, then kind, name and what it was, of each. */
export function encodeReads(reads: DraftReads, state: RealmState, odd: OddDigests): readonly string[] {
  const digest = <T extends object>(entity: T | undefined, text: (entity: T) => string): string =>
    entity ? (odd.get(entity) ?? digestOf(text(entity))) : '-';
  const list = [
    ...[...reads.clientExistence].map((name) => ['client', name, state.clients.has(name) ? '+' : '-']),
    ...[...reads.groupExistence].map((name) => ['group', name, existence(state.groups.get(name))]),
    ...[...reads.roleExistence].map((name) => ['role', name, existence(state.roles.get(name))]),
    ...[...reads.clients].map((name) => ['CLIENT', name, digest(state.clients.get(name), clientText)]),
    ...[...reads.groups].map((name) => ['GROUP', name, digest(state.groups.get(name), groupText)]),
    ...[...reads.roles].map((name) => ['ROLE', name, digest(state.roles.get(name), roleText)]),
    ...(reads.settings ? [['SETTINGS', '', digestOf(settingsText(storedSettings(state)))]] : []),
  ];
  return [String(list.length), ...list.flat()];
}

/** What is written, as `commit.lua` takes it: how many, then kind, name, value and incarnation, of each. */
export function encodeWrites({ clients, groups, roles, settings }: RealmWrites): readonly string[] {
  const list = [
    ...[...clients].map(([name, client]) => ['client', name, client ? clientText(client) : '', '']),
    ...encodeEntities('group', groups, groupText),
    ...encodeEntities('role', roles, roleText),
    ...(settings ? [['settings', '', settingsText(settings), '']] : []),
  ];
  return [String(list.length), ...list.flat()];
}

/** How many entities that is. */
export function countOf({ clients, groups, roles, settings }: RealmWrites): number {
  return clients.size + groups.size + roles.size + (settings ? 1 : 0);
}

/** The settings of a state as they are stored. */
export function storedSettings({ settings, extra }: Pick<RealmState, 'settings' | 'extra'>) {
  return extra ? { ...settings, extra } : settings;
}

function existence(entity: Group | Role | undefined): string {
  if (!entity) return '-';
  return `+${entity.incarnation === UNSTAMPED ? '' : entity.incarnation}`;
}

function encodeEntities<T extends Group | Role>(
  kind: 'group' | 'role',
  changes: Changes<T>,
  text: (entity: T) => string,
): readonly (readonly string[])[] {
  return [...changes].map(([name, entity]) => {
    const incarnation: Incarnation = entity?.incarnation ?? '';
    return [kind, name, entity ? text(entity) : '', incarnation];
  });
}

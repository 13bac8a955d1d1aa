import { withoutUndefined } from '../../dynsec/commands/without-undefined.js';
import type { Configuration, GroupReference, Incarnation, RoleReference } from '../../dynsec/entities.js';
import { LOADED } from '../../dynsec/entities.js';
import type { RealmState } from '../memory/realm-state.js';
import type { RealmWrites } from '../realm-entry.js';
import { UNSTAMPED } from './records.js';

/** A state as it is written down, void references included. */
export function asWritten({ names, clients, groups, roles, settings, ...rest }: RealmState): Configuration {
  const { changeIndex, extra } = rest;
  const all = names.clients.slice(0, undefined);
  return withoutUndefined<Configuration>({
    ...settings,
    changeIndex,
    extra,
    clients: new Map(
      all.flatMap((name) => {
        const client = clients.get(name);
        return client ? [[name, client] as const] : [];
      }),
    ),
    groups,
    roles,
  });
}

/** Which incarnation a role or group without one gets. */
export type IncarnationOf = (kind: 'group' | 'role', name: string) => Incarnation;

/**
 * Gives an incarnation to roles and groups that have none, and to references without one that of what they name. Other
 * void references stay void.
 */
export function stampHandWritten(before: Configuration, incarnationOf: IncarnationOf): Configuration {
  const roles = mapValues(before.roles, (role, name) => stamped(role, () => incarnationOf('role', name)));
  const groups = mapValues(before.groups, (group, name) =>
    stamped(group, () => incarnationOf('group', name)),
  );
  const roleReference = (reference: RoleReference): RoleReference =>
    pointed(reference, before.roles.get(reference.rolename), roles.get(reference.rolename));
  const groupReference = (reference: GroupReference): GroupReference =>
    pointed(reference, before.groups.get(reference.groupname), groups.get(reference.groupname));
  return {
    ...before,
    roles,
    groups: mapValues(groups, (group) => ({ ...group, roles: mapSame(group.roles, roleReference) })),
    clients: mapValues(before.clients, (client) => {
      const [held, joined] = [mapSame(client.roles, roleReference), mapSame(client.groups, groupReference)];
      return held === client.roles && joined === client.groups
        ? client
        : { ...client, roles: held, groups: joined };
    }),
  };
}

/**
 * Writes that also list the incarnations of roles and groups that were written by hand with one.
 * @param listed what is listed, by `role:<name>` and `group:<name>`.
 */
export function withUnlisted(
  writes: RealmWrites,
  { groups, roles }: Configuration,
  listed: ReadonlyMap<string, Incarnation>,
): RealmWrites {
  const unlisted = <T extends Incarnated>(kind: string, entities: ReadonlyMap<string, T>): [string, T][] =>
    [...entities].filter(([name, { incarnation }]) => listed.get(`${kind}:${name}`) !== incarnation);
  return {
    ...writes,
    groups: new Map([...unlisted('group', groups), ...writes.groups]),
    roles: new Map([...unlisted('role', roles), ...writes.roles]),
  };
}

interface Incarnated {
  readonly incarnation: Incarnation;
}

function stamped<T extends Incarnated>(entity: T, mint: () => Incarnation): T {
  return entity.incarnation === UNSTAMPED ? { ...entity, incarnation: mint() } : entity;
}

/** A reference that a command has made to something without an incarnation goes on with it. */
function pointed<T extends Incarnated>(
  reference: T,
  before: Incarnated | undefined,
  target: Incarnated | undefined,
): T {
  const isOpen =
    reference.incarnation === LOADED ||
    (reference.incarnation === UNSTAMPED && before?.incarnation === UNSTAMPED);
  return isOpen && target ? { ...reference, incarnation: target.incarnation } : reference;
}

/** The same list where nothing is different. */
function mapSame<T>(list: readonly T[], change: (each: T) => T): readonly T[] {
  const changed = list.map(change);
  return changed.every((each, i) => each === list[i]) ? list : changed;
}

function mapValues<T>(
  map: ReadonlyMap<string, T>,
  change: (value: T, name: string) => T,
): ReadonlyMap<string, T> {
  return new Map([...map].map(([name, value]) => [name, change(value, name)]));
}

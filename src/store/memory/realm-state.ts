import type { Settings } from '../../dynsec/commands/draft.js';
import type { Incarnations } from '../../dynsec/commands/void-references.js';
import type { Client, Configuration, Extra, Group, Role } from '../../dynsec/entities.js';
import { withoutUndefined } from '../../dynsec/commands/without-undefined.js';
import { SortedNames } from './sorted-names.js';
import { VersionedMap } from './versioned-map.js';

/** Sets of names by the name of a group or role. */
export type NameIndex = VersionedMap<SortedNames>;

/** A whole realm at one moment. Immutable. Entities may hold void references. */
export interface RealmState {
  readonly clients: VersionedMap<Client>;
  /** Plain maps, for the compiled policy has them too: a change copies them. */
  readonly groups: ReadonlyMap<string, Group>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly settings: Settings;
  readonly changeIndex: number;
  /** What the document says beside what is known. */
  readonly extra: Extra | undefined;
  readonly names: EntityNames;
  readonly index: RealmIndex;
}

/** The names of what there is. */
export interface EntityNames {
  readonly clients: SortedNames;
  readonly groups: SortedNames;
  readonly roles: SortedNames;
}

/** Who refers to what, void references aside. */
export interface RealmIndex {
  /** The members of each group. */
  readonly members: NameIndex;
  /** The clients that hold each role directly. */
  readonly clientsOfRole: NameIndex;
  /** The groups that hold each role. */
  readonly groupsOfRole: NameIndex;
}

/** The state that a configuration describes. */
export function createRealmState(configuration: Configuration): RealmState {
  const { clients, groups, roles, defaultACLAccess, anonymousGroup, changeIndex, extra } = configuration;
  return {
    clients: new VersionedMap(clients),
    groups,
    roles,
    settings: withoutUndefined<Settings>({ defaultACLAccess, anonymousGroup }),
    changeIndex,
    extra,
    names: { clients: namesOf(clients), groups: namesOf(groups), roles: namesOf(roles) },
    index: {
      members: indexBy(clients, (client) => client.groups.map(({ groupname }) => groupname)),
      clientsOfRole: indexBy(clients, (client) => client.roles.map(({ rolename }) => rolename)),
      groupsOfRole: indexBy(groups, (group) => group.roles.map(({ rolename }) => rolename)),
    },
  };
}

/** Which incarnations of groups and roles a state has. */
export function incarnationsOf({ groups, roles }: Pick<RealmState, 'groups' | 'roles'>): Incarnations {
  return {
    groupIncarnation: (groupname) => groups.get(groupname)?.incarnation,
    roleIncarnation: (rolename) => roles.get(rolename)?.incarnation,
  };
}

function namesOf(entities: ReadonlyMap<string, unknown>): SortedNames {
  return SortedNames.of([...entities.keys()]);
}

function indexBy<T>(holders: ReadonlyMap<string, T>, held: (holder: T) => readonly string[]): NameIndex {
  const lists = new Map<string, string[]>();
  for (const [name, holder] of holders) {
    for (const key of held(holder)) {
      const list = lists.get(key);
      if (list) list.push(name);
      else lists.set(key, [name]);
    }
  }
  return new VersionedMap([...lists].map(([key, names]) => [key, SortedNames.of(names)]));
}

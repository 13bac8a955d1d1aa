import type { Settings } from '../../dynsec/commands/draft.js';
import type { Incarnations } from '../../dynsec/commands/void-references.js';
import { groupWithoutVoidReferences, withoutVoidReferences } from '../../dynsec/commands/void-references.js';
import type { Configuration, Extra, Group, Role } from '../../dynsec/entities.js';
import { withoutUndefined } from '../../dynsec/commands/without-undefined.js';
import type { ClientRecords, Holder } from './client-records.js';
import { AllClients } from './client-records.js';
import type { Steps } from '../steps.js';
import { atOnce } from '../steps.js';
import { SortedNames } from './sorted-names.js';
import { VersionedMap } from './versioned-map.js';

/** Sets of names by the name of a group or role. */
export type NameIndex = VersionedMap<SortedNames>;

/** A whole realm at one moment. Immutable. Entities may hold void references. */
export interface RealmState {
  readonly clients: ClientRecords;
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
  const { clients } = configuration;
  const known = { names: [...clients.keys()], holders: clients, clients: AllClients.of(clients) };
  return atOnce(buildRealmState(configuration, known));
}

/** What is known of clients. */
export interface KnownClients {
  /** In byte order. */
  readonly names: readonly string[];
  /** What each refers to, in any order. */
  readonly holders: ReadonlyMap<string, Holder>;
  readonly clients: ClientRecords;
}

/** The state that a configuration describes, its clients aside. */
export function* buildRealmState(
  configuration: Omit<Configuration, 'clients'>,
  { names, holders, clients }: KnownClients,
): Steps<RealmState> {
  const { groups, roles, defaultACLAccess, anonymousGroup, changeIndex, extra } = configuration;
  const incarnations = incarnationsOf({ groups, roles });
  const shown = (username: string): Holder | undefined => {
    const holder = holders.get(username);
    return holder && withoutVoidReferences(holder, incarnations);
  };
  const rolesOfGroup = (groupname: string): readonly string[] => {
    const group = groups.get(groupname);
    return group ? rolenames(groupWithoutVoidReferences(group, incarnations)) : [];
  };
  const [groupNames, roleNames] = [[...groups.keys()], [...roles.keys()]];
  return {
    clients,
    groups,
    roles,
    settings: withoutUndefined<Settings>({ defaultACLAccess, anonymousGroup }),
    changeIndex,
    extra,
    names: {
      clients: SortedNames.of(names),
      groups: SortedNames.of(groupNames),
      roles: SortedNames.of(roleNames),
    },
    index: {
      members: yield* indexBy(names, (username) => groupnames(shown(username))),
      clientsOfRole: yield* indexBy(names, (username) => rolenames(shown(username))),
      groupsOfRole: yield* indexBy(groupNames, rolesOfGroup),
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

/** How many holders are looked at in a step. */
const STEP = 1_000;

/** @param names of holders, in byte order. */
function* indexBy(names: readonly string[], heldBy: (name: string) => readonly string[]): Steps<NameIndex> {
  const lists = new Map<string, string[]>();
  for (const [i, name] of names.entries()) {
    for (const key of heldBy(name)) {
      const list = lists.get(key);
      if (list) list.push(name);
      else lists.set(key, [name]);
    }
    if (i % STEP === 0) yield;
  }
  return new VersionedMap([...lists].map(([key, list]) => [key, SortedNames.of(list)]));
}

function rolenames(holder: Pick<Holder, 'roles'> | undefined): readonly string[] {
  return holder?.roles.map(({ rolename }) => rolename) ?? [];
}

function groupnames(holder: Pick<Holder, 'groups'> | undefined): readonly string[] {
  return holder?.groups.map(({ groupname }) => groupname) ?? [];
}

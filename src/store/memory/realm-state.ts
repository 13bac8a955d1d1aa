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

/** How many clients are looked at in a step. */
const STEP = 1_000;

/** The state that a configuration describes, its clients aside. */
export function* buildRealmState(
  configuration: Omit<Configuration, 'clients'>,
  { names, holders, clients }: KnownClients,
): Steps<RealmState> {
  const { groups, roles, defaultACLAccess, anonymousGroup, changeIndex, extra } = configuration;
  const incarnations = incarnationsOf({ groups, roles });
  const [members, clientsOfRole, groupsOfRole] = [new IndexBuilder(), new IndexBuilder(), new IndexBuilder()];
  for (const [i, username] of names.entries()) {
    const holder = holders.get(username);
    const shown = holder && withoutVoidReferences(holder, incarnations);
    members.add(username, shown?.groups.map(({ groupname }) => groupname) ?? []);
    clientsOfRole.add(username, rolenames(shown));
    if (i % STEP === 0) yield;
  }
  for (const [groupname, group] of groups) {
    groupsOfRole.add(groupname, rolenames(groupWithoutVoidReferences(group, incarnations)));
  }
  return {
    clients,
    groups,
    roles,
    settings: withoutUndefined<Settings>({ defaultACLAccess, anonymousGroup }),
    changeIndex,
    extra,
    names: { clients: SortedNames.of(names), groups: namesOf(groups), roles: namesOf(roles) },
    index: {
      members: members.build(),
      clientsOfRole: clientsOfRole.build(),
      groupsOfRole: groupsOfRole.build(),
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

function rolenames(holder: Pick<Holder, 'roles'> | undefined): readonly string[] {
  return holder?.roles.map(({ rolename }) => rolename) ?? [];
}

/** Who holds what, of holders in byte order of their names. */
class IndexBuilder {
  readonly #lists = new Map<string, string[]>();

  add(name: string, held: readonly string[]): void {
    for (const key of held) {
      const list = this.#lists.get(key);
      if (list) list.push(name);
      else this.#lists.set(key, [name]);
    }
  }

  build(): NameIndex {
    return new VersionedMap([...this.#lists].map(([key, names]) => [key, SortedNames.of(names)]));
  }
}

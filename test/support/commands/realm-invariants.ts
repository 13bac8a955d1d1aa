/**
 * What must be true of every realm, whatever commands have led to it.
 */
import { isDeepStrictEqual } from 'node:util';
import { compareGroupReferences, compareNames, compareRoleReferences } from '../../../src/dynsec/compare.js';
import { compareAcls } from '../../../src/dynsec/document/parse-role.js';
import type { Client, Configuration, Group, RoleReference } from '../../../src/dynsec/entities.js';
import type { MemoryRealm } from '../../../src/store/memory/memory-realm.js';

/** What is wrong with a configuration: references that refer to nothing or repeat, lists out of order. */
export function faultsOf(configuration: Configuration): readonly string[] {
  const { clients, groups, roles, anonymousGroup } = configuration;
  return [
    ...[clients, groups, roles].flatMap((entities) => faultsOfNames([...entities.keys()])),
    ...[...clients.values(), ...groups.values()].flatMap((holder) => faultsOfHolder(configuration, holder)),
    ...[...clients.values()].flatMap((client) => faultsOfClient(configuration, client)),
    ...[...roles.values()].flatMap(({ acls }) => [
      ...faultsOfOrder(acls, compareAcls),
      ...repeated(acls.map(({ acltype, topic }) => `${acltype} ${topic}`)),
    ]),
    ...(anonymousGroup === undefined || groups.has(anonymousGroup) ? [] : ['no such anonymous group']),
  ];
}

/** Where what a store keeps beside the entities does not say what the entities say. */
export function faultsOfIndex(realm: MemoryRealm): readonly string[] {
  const configuration = realm.configuration();
  const draft = realm.draft();
  const isRight = {
    pages: (['clients', 'groups', 'roles'] as const).every((kind) => {
      const names = [...configuration[kind].keys()];
      const pages = [draft.page(kind, 0, undefined).names, draft.page(kind, 1, 2).names];
      return isDeepStrictEqual(pages, [names, names.slice(1, 3)]);
    }),
    members: [...configuration.groups.keys()].every((groupname) =>
      isDeepStrictEqual(draft.members(groupname), membersOf(configuration, groupname)),
    ),
    holders: [...configuration.roles.values()].every(({ rolename, incarnation }) => {
      const asking = realm.draft();
      asking.kick({ kind: 'holders', rolename, incarnation });
      return isDeepStrictEqual(realm.commit(asking).kicked(), holdersOf(configuration, rolename));
    }),
    clients: [...configuration.clients].every(
      ([username, client]) =>
        isDeepStrictEqual(draft.client(username), client) &&
        isDeepStrictEqual(realm.snapshot().client(username), client),
    ),
  };
  return Object.entries(isRight).flatMap(([what, right]) => (right ? [] : [`${what} are not right`]));
}

function faultsOfHolder({ roles }: Configuration, holder: Client | Group): readonly string[] {
  return [
    ...faultsOfOrder(holder.roles, compareRoleReferences),
    ...repeated(holder.roles.map(({ rolename }) => rolename)),
    ...holder.roles
      .filter(({ rolename, incarnation }) => roles.get(rolename)?.incarnation !== incarnation)
      .map(({ rolename }) => `void reference to role ${rolename}`),
  ];
}

function faultsOfClient({ groups }: Configuration, client: Client): readonly string[] {
  const isBoundTwice = client.clientid !== undefined && client.clientids !== undefined;
  return [
    ...faultsOfOrder(client.groups, compareGroupReferences),
    ...repeated(client.groups.map(({ groupname }) => groupname)),
    ...client.groups
      .filter(({ groupname, incarnation }) => groups.get(groupname)?.incarnation !== incarnation)
      .map(({ groupname }) => `void reference to group ${groupname}`),
    ...(isBoundTwice ? ['bound twice'] : []),
  ];
}

function faultsOfNames(names: readonly string[]): readonly string[] {
  return [...faultsOfOrder(names, compareNames), ...repeated(names)];
}

function faultsOfOrder<T>(list: readonly T[], compare: (a: T, b: T) => number): readonly string[] {
  return isDeepStrictEqual([...list].sort(compare), list) ? [] : [`out of order: ${JSON.stringify(list)}`];
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `repeated: ${name}`);
}

function holdersOf(configuration: Configuration, rolename: string): readonly (string | null)[] {
  const holds = ({ roles }: { readonly roles: readonly RoleReference[] }): boolean =>
    roles.some((role) => role.rolename === rolename);
  const groups = [...configuration.groups.values()].filter(holds).map(({ groupname }) => groupname);
  const direct = [...configuration.clients.values()].filter(holds).map(({ username }) => username);
  const all = new Set([...direct, ...groups.flatMap((groupname) => membersOf(configuration, groupname))]);
  const isAnonymous = groups.some((groupname) => groupname === configuration.anonymousGroup);
  return [...[...all].sort(compareNames), ...(isAnonymous ? [null] : [])];
}

function membersOf({ clients }: Configuration, groupname: string): readonly string[] {
  return [...clients.values()]
    .filter(({ groups }) => groups.some((group) => group.groupname === groupname))
    .map(({ username }) => username);
}

/**
 * What must be true of every realm, whatever commands have led to it.
 */
import { compareGroupReferences, compareNames, compareRoleReferences } from '../../../src/dynsec/compare.js';
import { compareAcls } from '../../../src/dynsec/document/parse-role.js';
import type { Configuration, RoleReference } from '../../../src/dynsec/entities.js';
import type { MemoryRealm } from '../../../src/store/memory/memory-realm.js';

/** Every reference refers to something, once, and every list is in its order. */
export function expectValid(configuration: Configuration): void {
  const { clients, groups, roles, anonymousGroup } = configuration;
  for (const entities of [clients, groups, roles]) expectNames([...entities.keys()]);
  for (const holder of [...clients.values(), ...groups.values()]) {
    expectOrder(holder.roles, compareRoleReferences);
    for (const { rolename, incarnation } of holder.roles) {
      expect(roles.get(rolename)?.incarnation).toBe(incarnation);
    }
    expectDistinct(holder.roles.map(({ rolename }) => rolename));
  }
  for (const client of clients.values()) {
    expectOrder(client.groups, compareGroupReferences);
    for (const { groupname, incarnation } of client.groups) {
      expect(groups.get(groupname)?.incarnation).toBe(incarnation);
    }
    expectDistinct(client.groups.map(({ groupname }) => groupname));
    expect(client.clientid === undefined || client.clientids === undefined).toBe(true);
  }
  for (const { acls } of roles.values()) {
    expectOrder(acls, compareAcls);
    expectDistinct(acls.map(({ acltype, topic }) => `${acltype} ${topic}`));
  }
  expect(anonymousGroup === undefined || groups.has(anonymousGroup)).toBe(true);
}

/** What a store keeps beside the entities says what the entities say. */
export function expectIndexed(realm: MemoryRealm): void {
  const configuration = realm.configuration();
  const { clients, groups, roles } = configuration;
  const draft = realm.draft();
  for (const kind of ['clients', 'groups', 'roles'] as const) {
    const names = [...configuration[kind].keys()];
    expect(draft.page(kind, 0, undefined)).toEqual({ totalCount: names.length, names });
    expect(draft.page(kind, 1, 2).names).toEqual(names.slice(1, 3));
  }
  for (const groupname of groups.keys()) {
    expect(draft.members(groupname)).toEqual(membersOf(configuration, groupname));
  }
  for (const { rolename, incarnation } of roles.values()) {
    const asking = realm.draft();
    asking.kick({ kind: 'holders', rolename, incarnation });
    expect(realm.commit(asking).kicked()).toEqual(holdersOf(configuration, rolename));
  }
  for (const [username, client] of clients) {
    expect(draft.client(username)).toEqual(client);
    expect(realm.snapshot().client(username)).toEqual(client);
  }
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

function expectNames(names: readonly string[]): void {
  expectOrder(names, compareNames);
  expectDistinct(names);
}

function expectOrder<T>(list: readonly T[], compare: (a: T, b: T) => number): void {
  expect(list).toEqual([...list].sort(compare));
}

function expectDistinct(names: readonly string[]): void {
  expect(new Set(names).size).toBe(names.length);
}

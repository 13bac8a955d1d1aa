/**
 * Random dynsec commands over so few names that they meet: most of them can be carried out, some are malformed.
 */
import * as fc from 'fast-check';
import { ACCESSES, ACL_TYPES } from '../../../src/dynsec/entities.js';

/** In UTF-16 the last two stand in the other order than in bytes. */
export const USERNAMES = ['a', 'b', 'é', '\u{1F600}', '\u{FF5E}'];
export const GROUPNAMES = ['g', 'h', '__proto__'];
export const ROLENAMES = ['r', 's', 'constructor'];
export const TOPICS = ['t', 't/+', 't/#', '%u/t', 't/%{group}', '%{site}/t', '#', 't+', ''];

const username = mostly(USERNAMES, 'nobody', '', 5, 'a\0', null);
const groupname = mostly(GROUPNAMES, 'none', '', 5, 'g\u0007');
const rolename = mostly(ROLENAMES, 'none', '', 5, '\ud800');
const text = mostly(['text', 'more text', ''], 5, null, 'x\0');
// Within the bounds: beyond them a priority is another one after a restart.
const priority = mostly([-100_000, -1, 0, 1, 100_000], 1.9, '5', null);
const allow = mostly([true, false], 'true', null);
const acl = fc.record(
  { acltype: mostly([...ACL_TYPES], 'subscribe', 5), topic: mostly(TOPICS, 5), priority, allow },
  { requiredKeys: ['acltype', 'topic'] },
);

const roles = listOf(fc.record({ rolename, priority }, { requiredKeys: ['rolename'] }));
const groups = listOf(fc.record({ groupname, priority }, { requiredKeys: ['groupname'] }));
const clients = listOf(fc.record({ username, priority }, { requiredKeys: ['username'] }));
const acls = listOf(acl);

const texts = { textname: text, textdescription: text };
const client = {
  username,
  ...texts,
  roles,
  groups,
  clientid: mostly(['c', 'd', ''], 5, null),
  password: mostly(['secret', ''], 5),
  clientids: fc.constantFrom<unknown>(['c-*'], ['%{site}', 'd'], null, [], ['*x']),
  attributes: fc.constantFrom<unknown>({ site: 'here' }, { site: 't' }, {}, null, { group: 'g' }),
  superuser: mostly([false], null, 'true'),
};
const group = { groupname, ...texts, roles, clients };
const role = { rolename, ...texts, acls, allowwildcardsubs: allow };
const page = {
  count: mostly([-1, 0, 1, 2], '2'),
  offset: mostly([-1, 0, 1, 2], null),
  verbose: fc.boolean(),
};

/** The members that a command may have, and what may stand in each. */
export type MemberArbitraries = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** The members that each command may have. */
export const MEMBERS = {
  getDetails: {},
  getDefaultACLAccess: {},
  setDefaultACLAccess: { acls: listOf(fc.record({ acltype: mostly([...ACCESSES], 'none'), allow })) },
  createClient: client,
  modifyClient: client,
  deleteClient: { username },
  enableClient: { username },
  disableClient: { username },
  setClientId: { username, clientid: client.clientid },
  setClientPassword: { username, password: client.password },
  getClient: { username },
  listClients: page,
  addClientRole: { username, rolename, priority },
  removeClientRole: { username, rolename },
  createGroup: group,
  modifyGroup: group,
  deleteGroup: { groupname },
  getGroup: { groupname },
  listGroups: page,
  addGroupClient: { username, groupname, priority },
  removeGroupClient: { username, groupname },
  addGroupRole: { groupname, rolename, priority },
  removeGroupRole: { groupname, rolename },
  setAnonymousGroup: { groupname },
  unsetAnonymousGroup: {},
  getAnonymousGroup: {},
  createRole: role,
  modifyRole: role,
  deleteRole: { rolename },
  getRole: { rolename },
  listRoles: page,
  addRoleACL: { rolename, acltype: fc.constantFrom(...ACL_TYPES), topic: mostly(TOPICS, 5), priority, allow },
  removeRoleACL: { rolename, acltype: fc.constantFrom(...ACL_TYPES), topic: mostly(TOPICS, 5) },
} satisfies Readonly<Record<string, MemberArbitraries>>;

/** The members without which a command cannot be carried out; the others are there or not. */
const REQUIRED = new Set(['username', 'groupname', 'rolename', 'acltype', 'topic', 'password']);

/** One command. */
export const randomCommand: fc.Arbitrary<object> = commandOf(MEMBERS);

/** One of these commands. */
export function commandOf(commands: Readonly<Record<string, MemberArbitraries>>): fc.Arbitrary<object> {
  return fc.oneof(
    ...Object.entries(commands).map(([command, members]) => ({
      weight: /create|add|set/.test(command) ? 4 : 2,
      arbitrary: fc
        .record(members, { requiredKeys: Object.keys(members).filter((name) => REQUIRED.has(name)) })
        .map((given): object => ({ command, ...given })),
    })),
  );
}

/** A realm in which much is there already. */
export const POPULATED: readonly object[] = [
  ...ROLENAMES.map((name, i) => ({
    command: 'createRole',
    rolename: name,
    acls: TOPICS.map((topic, j) => ({
      acltype: ACL_TYPES[(i + j) % 6],
      topic,
      priority: j % 3,
      allow: j % 2 === 0,
    })),
  })),
  ...GROUPNAMES.map((name, i) => ({
    command: 'createGroup',
    groupname: name,
    roles: [{ rolename: ROLENAMES[i % 3], priority: i }],
  })),
  ...USERNAMES.map((name, i) => ({
    command: 'createClient',
    username: name,
    password: 'secret',
    roles: [{ rolename: ROLENAMES[i % 3] }],
    groups: [{ groupname: GROUPNAMES[i % 3] }, { groupname: GROUPNAMES[(i + 1) % 3], priority: 1 }],
  })),
  { command: 'setAnonymousGroup', groupname: 'g' },
];

/** Nearly always one of the values, now and then one of the others. */
export function mostly(values: readonly unknown[], ...others: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** Nearly always a list, now and then something else. */
export function listOf(item: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 10, arbitrary: fc.array(item, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('x', null, ['x'], [{}], {}) },
  );
}

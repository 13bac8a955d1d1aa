import type { Acl, AclType, Client, Configuration, Group, Role } from '../entities.js';
import { LOADED } from '../entities.js';
import { compareAcls } from './parse-role.js';

/** The encoded passwords of the two clients of a new realm. */
export interface DefaultPasswords {
  readonly admin: string;
  readonly democlient: string;
}

/**
 * What a realm begins with: the roles, the administrator, the client for first steps and the group for anonymous
 * clients that Mosquitto 2.1 generates when it finds no configuration.
 */
export function createDefaultConfiguration(passwords: DefaultPasswords): Configuration {
  return {
    changeIndex: 0,
    defaultACLAccess: {
      publishClientSend: false,
      publishClientReceive: true,
      subscribe: false,
      unsubscribe: true,
    },
    clients: byName(
      (client) => client.username,
      [
        client(
          'admin',
          'Administrator of the broker',
          ['super-admin', 'sys-observe', 'topic-observe'],
          passwords.admin,
        ),
        client(
          'democlient',
          'For first steps: may use every ordinary topic',
          ['client'],
          passwords.democlient,
        ),
      ],
    ),
    groups: byName((group) => group.groupname, [UNAUTHENTICATED]),
    anonymousGroup: UNAUTHENTICATED.groupname,
    roles: byName((role) => role.rolename, ROLES),
  };
}

const UNAUTHENTICATED: Group = {
  groupname: 'unauthenticated',
  incarnation: LOADED,
  textname: 'Clients without a user name',
  textdescription:
    'Roles given to this group are those of clients that connect without a user name, where they may.',
  roles: [],
};

const READ: readonly AclType[] = ['publishClientReceive', 'subscribePattern'];
const FULL: readonly AclType[] = ['publishClientSend', ...READ, 'unsubscribePattern'];

const ROLES: readonly Role[] = [
  role('broker-admin', 'May control the broker', allow('$CONTROL/broker/#', FULL)),
  role('client', 'May use every ordinary topic', allow('#', FULL)),
  role(
    'dynsec-admin',
    'May administer clients, groups and roles',
    allow('$CONTROL/dynamic-security/#', FULL),
  ),
  role('super-admin', 'May administer everything', allow('$CONTROL/#', FULL)),
  role(
    'sys-notify',
    'May tell the state of its bridge',
    allow('$SYS/broker/connection/%c/state', ['publishClientSend']),
  ),
  role('sys-observe', 'May read the state of the broker', allow('$SYS/#', READ)),
  role('topic-observe', 'May read every ordinary topic', allow('#', [...READ, 'unsubscribePattern'])),
];

function role(rolename: string, textname: string, acls: readonly Acl[]): Role {
  return {
    rolename,
    incarnation: LOADED,
    textname,
    allowwildcardsubs: true,
    acls: [...acls].sort(compareAcls),
  };
}

function allow(topic: string, types: readonly AclType[]): readonly Acl[] {
  return types.map((acltype) => ({ acltype, topic, priority: 0, allow: true }));
}

function client(username: string, textname: string, rolenames: readonly string[], encoded: string): Client {
  return {
    username,
    textname,
    disabled: false,
    superuser: false,
    roles: rolenames.map((rolename) => ({ rolename, incarnation: LOADED, priority: -1 })),
    groups: [],
    password: { encoded },
  };
}

function byName<T>(nameOf: (entity: T) => string, entities: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entities.map((entity) => [nameOf(entity), entity]));
}

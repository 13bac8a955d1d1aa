/** A realm in which every reason can be met. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';

/** The password of every client that has one. */
export const PASSWORD = 'a password';

/** The clients; the names say what is special about them. */
const CLIENTS = [
  { username: 'device', roles: held('device') },
  { username: 'member' },
  { username: 'admin', roles: held('administrator') },
  { username: 'bound', clientid: 'bound-1', roles: held('device') },
  { username: 'off', disabled: true },
  { username: 'root', superuser: true },
  { username: 'bound-root', superuser: true, clientid: 'root-1' },
  { username: 'off-root', superuser: true, disabled: true },
  { username: 'plain', roles: held('no-wildcards') },
  { username: 'odd', roles: held('odd') },
];

const ROLES = [
  role('device', [
    ['publishClientSend', 'devices/%u/#', true],
    ['publishClientSend', 'devices/device/locked', false, 1],
    ['publishClientReceive', 'by-id/%c', true],
    ['subscribePattern', 'devices/%u/#', true],
    ['unsubscribePattern', 'devices/%u/#', true],
  ]),
  role('administrator', [['publishClientSend', '$CONTROL/dynamic-security/#', true]]),
  { ...role('no-wildcards', [['subscribePattern', '#', true]]), allowwildcardsubs: false },
  role('odd', [['publishClientReceive', 'odd/b+', true]]),
  role('reader', [['publishClientReceive', 'news/#', true]]),
];

/** The document. Hashes are cheap, but for `slow`, which no password fits and which takes a second to find out. */
export function realmDocument(): object {
  const encoded_password = encodedPassword(101);
  const slow = `$7$2000000$${randomBytes(12).toString('base64')}$${randomBytes(64).toString('base64')}`;
  return {
    defaultACLAccess: {
      publishClientSend: true,
      publishClientReceive: false,
      subscribe: false,
      unsubscribe: false,
    },
    clients: [
      ...CLIENTS.map((client) => ({ ...client, encoded_password })),
      { username: 'passwordless' },
      { username: 'unusable', encoded_password: '$7$junk' },
      { username: 'slow', encoded_password: slow },
    ],
    groups: [
      { groupname: 'readers', clients: [{ username: 'member' }], roles: held('reader') },
      { groupname: 'visitors', clients: [], roles: held('reader') },
    ],
    anonymousGroup: 'visitors',
    roles: ROLES,
  };
}

function held(rolename: string): readonly object[] {
  return [{ rolename }];
}

type AclRow = readonly [acltype: string, topic: string, allow: boolean, priority?: number];

function role(rolename: string, acls: readonly AclRow[]): object {
  return {
    rolename,
    acls: acls.map(([acltype, topic, allow, priority = 0]) => ({ acltype, topic, allow, priority })),
  };
}

function encodedPassword(iterations: number): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(PASSWORD, salt, iterations, 64, 'sha512');
  return `$7$${String(iterations)}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/**
 * Commands that are not sent to Mosquitto 2.0.11, because it answers them otherwise than 2.1 on purpose, or because
 * of a defect of its own; each with the reason. They depend on what is there, so that they are told in the middle of
 * a sequence.
 */
import type { TestRealm } from './test-realm.js';

/** A command, or what stands in one. */
export type Members = Readonly<Record<string, unknown>>;

/** What the commands before have led to. */
export interface Circumstances {
  /** Holds what the commands before have made. */
  readonly realm: TestRealm;
  /** All of them. */
  readonly earlier: readonly Members[];
  /** Those that are sent in the same request. */
  readonly inRequest: readonly Members[];
}

/** A kind of command that is left out. */
export interface Exclusion {
  readonly because: string;
  covers(command: Members, circumstances: Circumstances): boolean;
}

const WITH_UNREGISTERED_ROLES = new Set(['createClient', 'createGroup', 'modifyGroup']);

/** Every kind. */
export const EXCLUSIONS: readonly Exclusion[] = [
  {
    because: 'a NUL is refused; dynsec cuts the string there',
    covers: (command) => JSON.stringify(command).includes(String.raw`\u0000`),
  },
  {
    because: 'a lone surrogate makes the whole request no JSON to both, and the test would see little else',
    covers: (command) => JSON.stringify(command).includes(String.raw`\ud8`),
  },
  {
    because: 'entities with empty names: 2.0 makes them',
    covers: ({ command, username, groupname, rolename }) =>
      isNamed(command, /^create/) && [username, groupname, rolename].includes(''),
  },
  {
    because: 'empty topics of ACLs: 2.0 takes them',
    covers: ({ command, topic, acls }) =>
      topic === '' || (isNamed(command, /Role$/) && objectsIn(acls).some((acl) => acl['topic'] === '')),
  },
  {
    because: 'two ACLs of one type and topic in a list: 2.0 keeps both',
    covers: ({ command, acls }) => isNamed(command, /Role$/) && hasTwins(objectsIn(acls)),
  },
  {
    because:
      'a refused modifyClient or modifyGroup: 2.0 has done a part of it, and does not refuse unknown names',
    covers: (command, { realm }) =>
      ['modifyClient', 'modifyGroup'].includes(String(command['command'])) &&
      isRefusedForAList(command, realm),
  },
  {
    because:
      'a createClient refused for its second group or a later one: the client stays a freed member of the first',
    covers: (command, { realm }) =>
      command['command'] === 'createClient' &&
      objectsIn(command['groups']).length > 1 &&
      /^(?:Group not found|Internal error)$/.test(errorOf(realm, command)),
  },
  {
    because:
      'a deletion behind a read in one request: the reply to the read, not yet sent, points to what is freed',
    covers: ({ command }, { inRequest }) =>
      isNamed(command, /^delete/) && inRequest.some((one) => isNamed(one['command'], /^(?:get|list)/)),
  },
  {
    because: 'the anonymous group is not deleted; 2.0 does it, and crashes',
    covers: (command, { realm }) => errorOf(realm, command) === 'Deleting the anonymous group is forbidden',
  },
  {
    because:
      'a role that createClient, createGroup or modifyGroup have given is not deleted: who got it keeps freed memory',
    covers: ({ command, rolename }, { earlier }) =>
      command === 'deleteRole' &&
      earlier.some(
        (one) => WITH_UNREGISTERED_ROLES.has(String(one['command'])) && rolesIn(one).includes(rolename),
      ),
  },
  {
    because:
      'a group that modifyGroup has given roles is neither deleted nor given another: those before still point to it',
    covers: ({ command, groupname }, { earlier }) =>
      ['deleteGroup', 'addGroupRole'].includes(String(command)) &&
      earlier.some(
        (one) => one['command'] === 'modifyGroup' && one['groupname'] === groupname && 'roles' in one,
      ),
  },
];

function isNamed(command: unknown, pattern: RegExp): boolean {
  return typeof command === 'string' && pattern.test(command);
}

/** The error that a command would be answered, or the empty text. */
function errorOf(realm: TestRealm, command: Members): string {
  return realm.ask(command)?.error ?? '';
}

/** Not for who or what is to be modified. */
function isRefusedForAList(command: Members, realm: TestRealm): boolean {
  return /^(?:Role not found|'(?:roles|groups|clients)' .*)$/.test(errorOf(realm, command));
}

function hasTwins(acls: readonly Members[]): boolean {
  const keys = acls.map(({ acltype, topic }) => JSON.stringify([String(acltype).toLowerCase(), topic]));
  return new Set(keys).size < keys.length;
}

function rolesIn({ roles }: Members): readonly unknown[] {
  return objectsIn(roles).map(({ rolename }) => rolename);
}

function objectsIn(list: unknown): readonly Members[] {
  if (!Array.isArray(list)) return [];
  return list.filter((element): element is Members => typeof element === 'object' && element !== null);
}

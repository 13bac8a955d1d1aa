/**
 * Random policies that mean the same to Mosquitto 2.0.11 and 2.1: publishing and receiving only, no variables, no
 * malformed topics, no empty or repeated names, priorities within the limits. Many of them live in one document,
 * under names of their own.
 */
import { pbkdf2Sync } from 'node:crypto';
import * as fc from 'fast-check';
import { portableAclTopic } from './topic-arbitraries.js';

/** What one subject may do, and the topics to try. */
export interface PortablePolicy {
  readonly roles: readonly PortableRole[];
  readonly groups: readonly PortableGroup[];
  /** The roles that the subject itself holds; it may be said of roles that are not there. */
  readonly holds: readonly Reference[];
  /** Valid topic names, most of them covered by one of its ACLs. */
  readonly topics: readonly string[];
}

interface PortableRole {
  readonly rolename: string;
  readonly acls: readonly {
    readonly acltype: 'publishClientSend' | 'publishClientReceive';
    readonly topic: string;
    readonly priority: number;
    readonly allow: boolean;
  }[];
}

interface PortableGroup {
  readonly groupname: string;
  /** The subject's priority for this group. */
  readonly priority: number;
  readonly holds: readonly Reference[];
}

interface Reference {
  readonly rolename: string;
  readonly priority: number;
}

/** What happens to a message that no ACL decides. */
export interface PortableDefaults {
  readonly send: boolean;
  readonly receive: boolean;
}

/** The password of every client in the documents. */
export const PASSWORD = 'portable';
/** What every subject may receive, so that it is known when nothing more comes. */
export const SENTINEL = 'sentinel';
/** The client that may publish everything that the policies speak of. */
export const PUBLISHER = 'publisher';

const ROLENAMES = ['r10', 'r2', 'R', 'é', '\u{1F600}', '\u{FF5E}'];
const GROUPNAMES = ['g10', 'g2', '\u{1F600}', '\u{FF5E}'];
const PASSWORD_FIELDS = {
  password: pbkdf2Sync(PASSWORD, 'twelve bytes', 101, 64, 'sha512').toString('base64'),
  salt: Buffer.from('twelve bytes').toString('base64'),
  iterations: 101,
};

const priority = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(-1, 0, 1, 2) },
  { weight: 1, arbitrary: fc.constantFrom(-100_000, 99_999) },
);
const acl = fc.record({
  acltype: fc.constantFrom('publishClientSend' as const, 'publishClientReceive' as const),
  topic: portableAclTopic,
  priority,
  allow: fc.boolean(),
});
const role = fc.record({
  rolename: fc.constantFrom(...ROLENAMES),
  acls: fc.uniqueArray(acl, {
    selector: ({ acltype, topic }) => `${acltype} ${topic}`,
    minLength: 2,
    maxLength: 8,
  }),
});
const references = fc.uniqueArray(fc.record({ rolename: fc.constantFrom(...ROLENAMES), priority }), {
  selector: ({ rolename }) => rolename,
  minLength: 1,
  maxLength: 4,
});
const group = fc.record({ groupname: fc.constantFrom(...GROUPNAMES), priority, holds: references });
const level = fc.constantFrom('a', 'b', '', 'c', '$a', 'x%u');
const unrelatedTopic = fc.oneof(
  fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/')),
  fc.constantFrom(
    '$CONTROL/dynamic-security/v1',
    '$CONTROLx',
    '$SYS/a',
    '$SYSx',
    '$SYS/broker/connection/a/state',
    '$share/a/a',
    '$sharex',
  ),
);

/** One policy. */
export const portablePolicy: fc.Arbitrary<PortablePolicy> = fc
  .record({
    roles: fc.uniqueArray(role, { selector: ({ rolename }) => rolename, minLength: 3, maxLength: 6 }),
    groups: fc.uniqueArray(group, { selector: ({ groupname }) => groupname, minLength: 1, maxLength: 4 }),
    holds: references,
    fillings: fc.array(fc.array(level, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
    unrelated: fc.array(unrelatedTopic, { minLength: 2, maxLength: 4 }),
  })
  .map(({ fillings, unrelated, ...policy }) => {
    const aclTopics = policy.roles.flatMap(({ acls }) => acls.map(({ topic }) => topic));
    const covered = aclTopics.flatMap((topic) => fillings.map((filling) => fill(topic, filling)));
    const topics = [...new Set([...covered, ...unrelated])].filter(isAnswered);
    return { ...policy, topics };
  });

/** Where nobody handles a `$CONTROL/` topic the broker closes the connection of whoever may publish to it. */
function isAnswered(topic: string): boolean {
  return topic !== '' && (!topic.startsWith('$CONTROL/') || topic === '$CONTROL/dynamic-security/v1');
}

/** The user name of a policy's subject in the document. */
export function subjectOf(index: number): string {
  return named(index, 'subject');
}

/**
 * One dynamic-security.json for many policies, readable by Mosquitto 2.0 and 2.1. Everybody may subscribe to
 * everything outside `$CONTROL`, and clients without a user name hold the roles of the first policy's subject.
 */
export function portableDocument(policies: readonly PortablePolicy[], defaults: PortableDefaults): object {
  const everyTopic = [...new Set(policies.flatMap(({ topics }) => topics))];
  return {
    defaultACLAccess: {
      publishClientSend: defaults.send,
      publishClientReceive: defaults.receive,
      subscribe: true,
      unsubscribe: true,
    },
    roles: [
      exactRole(SENTINEL, 'publishClientReceive', [SENTINEL]),
      exactRole(PUBLISHER, 'publishClientSend', [SENTINEL, ...everyTopic]),
      ...policies.flatMap(({ roles }, index) =>
        roles.map(({ rolename, acls }) => ({ rolename: named(index, rolename), acls })),
      ),
    ],
    clients: [
      { username: PUBLISHER, ...PASSWORD_FIELDS, roles: [{ rolename: PUBLISHER }] },
      ...policies.map(({ holds }, index) => ({
        username: subjectOf(index),
        ...PASSWORD_FIELDS,
        roles: withSentinel(index, holds),
      })),
    ],
    groups: [
      { groupname: 'anonymous', roles: withSentinel(0, policies[0]?.holds ?? []), clients: [] },
      ...policies.flatMap(({ groups }, index) => groups.map((each) => groupEntry(index, each))),
    ],
    anonymousGroup: 'anonymous',
  };
}

function groupEntry(index: number, { groupname, priority: ofSubject, holds }: PortableGroup): object {
  return {
    groupname: named(index, groupname),
    roles: rolesOf(index, holds),
    clients: [{ username: subjectOf(index), priority: ofSubject }],
  };
}

function exactRole(rolename: string, acltype: string, topics: readonly string[]): object {
  return { rolename, acls: topics.map((topic) => ({ acltype, topic, priority: 0, allow: true })) };
}

function rolesOf(index: number, holds: readonly Reference[]): object[] {
  return holds.map(({ rolename, priority: given }) => ({
    rolename: named(index, rolename),
    priority: given,
  }));
}

/** The sentinel's role is asked before all others, and says nothing of other topics. */
function withSentinel(index: number, holds: readonly Reference[]): object[] {
  return [{ rolename: SENTINEL, priority: 100_000 }, ...rolesOf(index, holds)];
}

function named(index: number, name: string): string {
  return `p${String(index)}-${name}`;
}

function fill(aclTopic: string, filling: readonly string[]): string {
  const levels = aclTopic.split('/').flatMap((text, index) => {
    if (text === '#') return filling.slice(0, filling.indexOf('a') + 1);
    return [text === '+' ? (filling[index] ?? 'a') : text];
  });
  return levels.join('/');
}

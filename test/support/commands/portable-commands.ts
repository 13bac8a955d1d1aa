/**
 * Random requests to the plugin of Mosquitto 2.0.11 and to ours, which both answer alike. What is not asked at all:
 *
 * - `getDetails`, `allowwildcardsubs`: Mosquitto 2.1 has brought them.
 * - `unsetAnonymousGroup`, `clientids`, `attributes`, `superuser`: ours alone.
 * - Priorities beyond 100,000: 2.0 has no bounds.
 * - Bytes after the JSON, and what is no command behind another command: 2.0 goes on, and takes the `correlationData`
 *   of the command before for its own.
 * - Malformed topics in ACLs of `publishClientSend`, and messages to topics that a template covers, when messages are
 *   decided in the end: to 2.0 the former match nothing, and the latter are plain text. In replies both are there.
 *
 * What depends on the command, or on what is there already, is left out by `mosquitto-2.0-exclusions.ts`.
 */
import * as fc from 'fast-check';
import { ACL_TYPES } from '../../../src/dynsec/entities.js';
import { commandOf, listOf, MEMBERS, mostly, POPULATED } from './command-arbitraries.js';

/** One command as it is sent. */
export interface PortableCommand {
  readonly command: object;
  /** The names of its members, and its own, are written in capitals. */
  readonly isLoud: boolean;
}

/** A request: commands, or a text that has none. */
export type PortableRequest = readonly PortableCommand[] | string;

/** The topics to which clients publish in the end. */
export const PUBLISHED = ['t', 't/x', 't/x/y', 'z', '/'];

const TOPICS = ['t', 't/+', 't/#', '#', '+/x', '/+'];
const OF_SUBSCRIPTIONS = ['t+', 't/#/x', '%u/t', '%{site}/t', '$SYS/#'];

const anyTopic = mostly([...TOPICS, 't/x', '%u/t'], 't+', '#/t', '', 5, 'a\u0001');
const { getDetails, unsetAnonymousGroup, createClient, modifyClient, createRole, modifyRole, ...others } =
  MEMBERS;
const { priority, allow } = MEMBERS.addRoleACL;

const acls = listOf(
  fc.oneof(
    aclOf(mostly([...ACL_TYPES], 'subscribe', 5), mostly(TOPICS, 5)),
    aclOf(fc.constantFrom('subscribePattern', 'unsubscribeLiteral'), fc.constantFrom(...OF_SUBSCRIPTIONS)),
  ),
);

/** The commands that both have, and the members that both know of each. */
export const PORTABLE_MEMBERS = {
  ...others,
  createClient: ofDynsec(createClient),
  modifyClient: ofDynsec(modifyClient),
  createRole: ofRole(createRole),
  modifyRole: ofRole(modifyRole),
  addRoleACL: { ...MEMBERS.addRoleACL, topic: anyTopic },
  removeRoleACL: { ...MEMBERS.removeRoleACL, topic: anyTopic },
};

/** One command, without what is around it. */
export const portableCommand = commandOf({ ...PORTABLE_MEMBERS, noCommand: {}, '': {} });

const correlationData = fc.oneof(
  { weight: 40, arbitrary: fc.constant({}) },
  {
    weight: 8,
    arbitrary: fc.constantFrom('', 'x', 'é"\\', '\u0001').map((data) => ({ correlationData: data })),
  },
  { weight: 1, arbitrary: fc.constantFrom(5, null, {}).map((data) => ({ correlationData: data })) },
);

const command: fc.Arbitrary<PortableCommand> = fc.record({
  command: fc
    .tuple(portableCommand, correlationData)
    .map(([command, data]): object => ({ ...command, ...data })),
  isLoud: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

/** Commands of which much is there before the first request: clients in groups, with roles of all kinds of ACLs. */
export const portablePopulation: readonly object[] = POPULATED.map((made) =>
  'acls' in made ? { ...made, acls: TOPICS.map((topic, i) => aclAt(i, topic)) } : made,
);

/** One request; nearly always with commands. */
export const portableRequest: fc.Arbitrary<PortableRequest> = fc.oneof(
  { weight: 30, arbitrary: fc.array(command, { minLength: 1, maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['', 'x', '{', '[]', '5', 'null', '{}', '{"commands":{}}', '{"commands":[]}', '{"COMMANDS":[5]}'],
      ...[
        '{"commands":[{}]}',
        '{"commands":[{"command":5}]}',
        '{"commands":[{"command":"listRoles\\ud800"}]}',
      ],
    ),
  },
);

/** The text of a request. */
export function textOf(request: PortableRequest): string {
  if (typeof request === 'string') return request;
  return JSON.stringify({ commands: request.map((one) => (one.isLoud ? loud(one.command) : one.command)) });
}

function loud(command: object): object {
  const members = Object.entries(command).map(([name, value]: [string, unknown]) => {
    return [name.toUpperCase(), name === 'command' ? String(value).toUpperCase() : value];
  });
  return Object.fromEntries(members) as object;
}

function aclAt(i: number, topic: string): object {
  return { acltype: ACL_TYPES[i % 2], topic, priority: i % 3, allow: i % 2 === 0 };
}

function aclOf(acltype: fc.Arbitrary<unknown>, topic: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.record({ acltype, topic, priority, allow }, { requiredKeys: ['acltype', 'topic'] });
}

function ofDynsec({ clientids, attributes, superuser, ...members }: typeof createClient) {
  return members;
}

function ofRole({ allowwildcardsubs, ...members }: typeof createRole) {
  return { ...members, acls };
}

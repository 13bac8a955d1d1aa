/**
 * Random ACL files of Mosquitto, with clients and topics to try them on.
 */
import * as fc from 'fast-check';
import type { AclFileSubject } from './acl-file-session.js';

/** Users that the files speak of. The odd ones are those of which `%u` is not simply another spelling. */
const USERNAMES = ['a', 'b', 'user', 'x/y', '$d', 'p+q', '%c', 'never named'];

export const SUBJECTS: readonly AclFileSubject[] = [
  ...USERNAMES.map((username, i) => ({ username, clientid: `c${String(i)}` })),
  { username: 'b', clientid: 'a' },
  { username: null, clientid: 'c9' },
  { username: null, clientid: 'b' },
];

const access = fc.constantFrom('', 'read ', 'write ', 'readwrite ', 'deny ', 'deny ');
const plainLevel = fc.constantFrom('a', 'b', 'b', 'user', 'x', 'y', '', '+', '$d', 'x%u');
const variableLevel = fc.constantFrom('%u', '%u', '%c', 'x%u', '%uz', '%%u', 'b%c', '+', 'a', 'b', '%U');
/** What no role can say. */
const inexpressibleLevel = fc.constantFrom('%u%c', '%u-%u', '%{x}%u', '%u', '%c', '%{username}', 'a%{group}');

/** A topic of some of these levels. */
function topicOf(level: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/#'))
    .map(([levels, end]) => levels.join('/') + end)
    .filter((topic) => topic.trim() !== '');
}

function linesOf(topicLevel: fc.Arbitrary<string>, patternLevel: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const topic = fc.tuple(access, topicOf(topicLevel)).map(([what, text]) => `topic ${what}${text}`);
  const pattern = fc.tuple(access, topicOf(patternLevel)).map(([what, text]) => `pattern ${what}${text}`);
  const user = fc.constantFrom(...USERNAMES.slice(0, -1)).map((name) => `user ${name}`);
  const line = fc.oneof(
    { weight: 5, arbitrary: topic },
    { weight: 3, arbitrary: pattern },
    { weight: 3, arbitrary: user },
    { weight: 1, arbitrary: fc.constantFrom('', '# a comment', '  ') },
  );
  return fc.array(line, { minLength: 8, maxLength: 24 }).map((lines) => lines.join('\n'));
}

/** A file all of whose lines a role can say. */
export const expressibleAclFile = linesOf(plainLevel, fc.oneof(variableLevel, plainLevel));

/** A file with lines that no role can say. */
export const inexpressibleAclFile = linesOf(
  fc.oneof(plainLevel, inexpressibleLevel),
  fc.oneof(variableLevel, inexpressibleLevel),
);

/** Topic names that the lines of a file cover or miss by little. */
export function topicsFor(aclFile: string): readonly string[] {
  const filters = [...aclFile.matchAll(/^(?:topic|pattern) (?:(?:read|write|readwrite|deny) )?(.+)$/gm)].map(
    ([, topic = '']) => topic,
  );
  const topics = filters.flatMap((filter, i) => [fill(filter, i), fill(filter, i + 1)]);
  const other = ['a', 'b/a', 'user/b', 'x/y', '/a', 'a//b', '$d/a', 'b/xb', 'never named/b'];
  return [...new Set([...topics, ...other])].filter(isTried);
}

/** Mosquitto has rules of its own about topics like these. */
function isTried(topic: string): boolean {
  return topic !== '' && topic.trim() === topic && !/^\$(?:SYS|share|CONTROL)|[+#]/.test(topic);
}

function fill(filter: string, seed: number): string {
  const { username, clientid } = SUBJECTS[seed % SUBJECTS.length] ?? { username: 'a', clientid: 'a' };
  const text = filter.replaceAll('%c', clientid).replaceAll('%u', username ?? 'b');
  const rest = ['', '/b', '/a/user'][seed % 3] ?? '';
  return text.replaceAll('+', ['a', '', 'b'][seed % 3] ?? 'a').replace(/\/?#$/, rest);
}

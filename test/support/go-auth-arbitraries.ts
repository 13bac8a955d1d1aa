/**
 * Random installations of mosquitto-go-auth, with clients and topics to try them on.
 */
import * as fc from 'fast-check';
import type { Acc, GoAuthRequest } from '../reference/go-auth.js';

export const USERNAMES = ['a', 'b', 'user', 'x/y', '$d', '%c'];

const CLIENTIDS = ['c', 'a', 'device-1'];
const plainLevel = fc.constantFrom('a', 'a', 'b', 'user', 'x', 'y', 'c', '', '+', 'x%z');
const variableLevel = fc.constantFrom('%u', '%u', '%c', 'x%u', '%u-', 'a%c', '+', 'a', 'b');
const firstLevel = fc.constantFrom('a', 'b', 'user', '+', '', '$SYS', '$share');

/** A topic of a rule for one user; never with what a role would read as a variable. */
export const ownTopic = topicOf(
  fc.oneof({ weight: 5, arbitrary: plainLevel }, { weight: 1, arbitrary: firstLevel }),
  plainLevel,
);

/** A topic of a rule for everybody. */
export const commonTopic = topicOf(fc.oneof(firstLevel, variableLevel), fc.oneof(plainLevel, variableLevel));

function topicOf(first: fc.Arbitrary<string>, level: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const levels = fc
    .tuple(first, fc.array(level, { maxLength: 2 }), fc.constantFrom('', '', '/#'))
    .map(([start, others, end]) => [start, ...others].join('/') + end);
  return fc
    .oneof({ weight: 8, arbitrary: levels }, { weight: 1, arbitrary: fc.constant('#') })
    .filter((topic) => topic !== '');
}

/** A name, or a filter where subscribing is asked for. */
const ROOTS = ['a', 'b', 'user', 'x', '', '$SYS', '$share', '$d', 'xa', '$CONTROL', 'c'];
const NAME_LEVELS = ['a', 'b', 'user', 'x', 'y', '', 'c', 'device-1', 'xa', 'a-', '$d', '%c', 'ac'];
const topicName = fc
  .tuple(fc.constantFrom(...ROOTS), fc.array(fc.constantFrom(...NAME_LEVELS), { maxLength: 3 }))
  .map(([root, levels]) => [root, ...levels].join('/'));
const topicFilter = fc
  .tuple(
    fc.constantFrom(...ROOTS, '+'),
    fc.array(fc.constantFrom(...NAME_LEVELS, '+', '+'), { maxLength: 2 }),
    fc.constantFrom('', '', '/#'),
  )
  .map(([root, levels, end]) => [root, ...levels].join('/') + end);

const requestOf = (acc: Acc): fc.Arbitrary<GoAuthRequest> =>
  fc.record({
    username: fc.constantFrom(...USERNAMES),
    clientid: fc.constantFrom(...CLIENTIDS),
    acc: fc.constant(acc),
    topic: acc === 4 ? fc.oneof(topicFilter, fc.constantFrom('#', '+', '+/#')) : topicName,
  });

export const goAuthRequest: fc.Arbitrary<GoAuthRequest> = fc.oneof(requestOf(1), requestOf(2), requestOf(4));

/** What brokers decide by themselves, or do not let through: no plugin is asked. */
export function isForPlugins({ acc, topic }: GoAuthRequest): boolean {
  if (topic === '') return false;
  if (acc === 4) return !/^\$share(?:\/[^/]*)?\/?$|^\$share\/[^/]*[+#]/.test(topic);
  return !topic.startsWith('$share') && (acc === 1 || !topic.startsWith('$SYS'));
}

/**
 * What is left out on purpose: topics that begin with `$`, but for `$SYS` and shared subscriptions, are not covered by
 * wildcards.
 */
export function isBeyondWildcards({ topic }: GoAuthRequest): boolean {
  return /^\$(?!SYS(?:\/|$)|share\/)/.test(topic);
}

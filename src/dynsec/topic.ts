import { isMqttText, utf8Length } from './mqtt-text.js';

declare const brand: unique symbol;

/** A topic that a message can have: not empty, no wildcards ([MQTT-4.7.1-1]). */
export type TopicName = string & { readonly [brand]: 'TopicName' };

/** A topic filter that can be subscribed to, `$share/...` included ([MQTT-4.7.1-2], [MQTT-4.7.1-3]). */
export type TopicFilter = string & { readonly [brand]: 'TopicFilter' };

/** Mosquitto takes at most this many slashes in a topic (2.0.11 and 2.1.2). */
const MAX_SLASHES = 200;

/** The length field of an MQTT string has two bytes. */
const MAX_BYTES = 65_535;

/** Whether a broker lets a message with this topic through to its plugins. */
export function isTopicName(topic: string): topic is TopicName {
  return !topic.includes('+') && !topic.includes('#') && isTopicText(topic);
}

/**
 * Whether a broker lets a subscription to this filter come to life.
 * PARITY: a malformed `$share` filter reaches the plugin, but the broker closes the connection when it is allowed (2.1.2).
 */
export function isTopicFilter(filter: string): filter is TopicFilter {
  if (!isTopicText(filter) || !hasWellFormedWildcards(filter)) return false;
  return !isShared(filter) || parseSharedFilter(filter) !== undefined;
}

/** What a topic template is checked against when it is given to a role (dynsec's "Invalid ACL topic"). */
export function isAclTopic(topic: string): boolean {
  return topic.length > 0 && hasWellFormedWildcards(topic) && hasTopicSize(topic);
}

/** Whether `+` and `#` stand alone in their levels, and `#` in the last one only. */
export function hasWellFormedWildcards(filter: string): boolean {
  if (!filter.includes('+') && !filter.includes('#')) return true;
  const levels = filter.split('/');
  return levels.every((level, i) => isWellFormedLevel(level, i === levels.length - 1));
}

/** Whether a level is free of wildcards, or is nothing but one that may stand there. */
export function isWellFormedLevel(level: string, isLast: boolean): boolean {
  if (level === '+') return true;
  if (level === '#') return isLast;
  return !level.includes('+') && !level.includes('#');
}

function isTopicText(topic: string): boolean {
  return topic.length > 0 && hasTopicSize(topic) && isMqttText(topic);
}

function hasTopicSize(topic: string): boolean {
  // A unit of a string is at most three bytes.
  if (topic.length * 3 > MAX_BYTES && utf8Length(topic) > MAX_BYTES) return false;
  return topic.length <= MAX_SLASHES || countSlashes(topic) <= MAX_SLASHES;
}

function countSlashes(topic: string): number {
  let count = 0;
  for (let at = topic.indexOf('/'); at !== -1; at = topic.indexOf('/', at + 1)) count++;
  return count;
}

/** Whether a filter asks for a shared subscription, well-formed or not. */
export function isShared(filter: string): boolean {
  return filter === '$share' || filter.startsWith('$share/');
}

/** A shared subscription taken apart: `$share/<group>/<filter>`. */
export interface SharedFilter {
  readonly group: string;
  readonly filter: string;
}

/**
 * The parts of a shared subscription, or undefined where it is none that 2.1.2 lets live.
 * PARITY: an empty group passes, and so does a filter that begins with a slash (2.1.2).
 */
export function parseSharedFilter(filter: string): SharedFilter | undefined {
  if (!filter.startsWith('$share/')) return undefined;
  const end = filter.indexOf('/', '$share/'.length);
  if (end === -1 || end === filter.length - 1) return undefined;
  const group = filter.slice('$share/'.length, end);
  if (group.includes('+') || group.includes('#')) return undefined;
  return { group, filter: filter.slice(end + 1) };
}

/**
 * The kinds of values that settings have, each from the text in the environment to what it means. The message of a
 * schema is what the value is not: it stands behind "`value` is not ".
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseRedisAddress, RedisAddressError } from '../store/redis/redis-address.js';
import { isHostName, parseListenAddress } from './listen-address.js';

/** `host:port`. */
export const listenAddress = z.string().transform((text, context) => {
  const address = parseListenAddress(text);
  if (address) return address;
  context.addIssue(
    'host:port, such as `127.0.0.1:8790`, `[::1]:8790`, or `0.0.0.0:8790` for every interface',
  );
  return z.NEVER;
});

/** A file's name. */
export const path = z.string().regex(/^[^\0]+$/, 'the path of a file');

/** On or off. */
export const flag = z.stringbool({
  truthy: ['true', '1', 'yes', 'on'],
  falsy: ['false', '0', 'no', 'off'],
  error: '`true` or `false` (nor 1, 0, yes, no, on, off)',
});

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly [Word, ...Word[]]) {
  return z.enum(words, { error: `one of ${words.map((word) => `\`${word}\``).join(', ')}` });
}

/** A whole number; how large it may be is another rule's. */
export const integer = z
  .string()
  .regex(/^\d{1,9}$/, 'a whole number')
  .transform(Number);

/** A whole number within bounds. */
export function integerFrom(min: number, max: number) {
  return z
    .string()
    .refine((text) => /^\d+$/.test(text) && isBetween(text, min, max), `a whole number from ${min} to ${max}`)
    .transform(Number);
}

/** A number of seconds, to milliseconds. */
export function seconds(min: number, max: number) {
  return z
    .string()
    .refine((text) => isBetween(text, min, max), `a number of seconds from ${min} to ${max}`)
    .transform((text) => Math.round(Number(text) * 1_000));
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Seconds, or a number with the unit s, m, h or d: `7d`; to milliseconds. 0 is one as well. */
export function durationOrNone(minSeconds: number, maxSeconds: number) {
  return z
    .string()
    .transform((text) => {
      const [, number = '', unit = 's'] = /^(\d{1,9}(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
      return number === ''
        ? NaN
        : Math.round(Number(number) * UNIT_MS[(unit || 's') as keyof typeof UNIT_MS]);
    })
    .refine(
      (ms) => ms === 0 || (ms >= minSeconds * 1_000 && ms <= maxSeconds * 1_000),
      `0, or a duration from ${minSeconds} to ${maxSeconds} seconds, such as \`90\`, \`30m\`, \`12h\` or \`7d\``,
    );
}

/** A whole number, or `auto`, which is undefined. */
export function integerOrAuto(min: number, max: number) {
  return integerOr('auto', min, max);
}

/** A whole number, or a word, which is undefined. */
export function integerOr(word: string, min: number, max: number) {
  return z
    .string()
    .refine(
      (text) => text === word || (/^\d+$/.test(text) && isBetween(text, min, max)),
      `\`${word}\` or a whole number from ${min} to ${max}`,
    )
    .transform((text) => (text === word ? undefined : Number(text)));
}

/** The address of a Redis. What is wrong with one shows nothing of it. */
export const redisAddress = z.string().transform((text, context) => {
  try {
    return parseRedisAddress(text);
  } catch (error) {
    if (!(error instanceof RedisAddressError)) throw error;
    context.addIssue(`an address of Redis: ${error.detail}`);
    return z.NEVER;
  }
});

/** The name of a realm, which goes into the names of keys. */
export const realmName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'the name of a realm: 1 to 64 letters, digits, `.`, `_` and `-`');

/** Names of brokers. */
export const brokerNames = listOf(
  z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'the name of a broker: 1 to 64 letters, digits, `.`, `_` and `-`'),
);

/** Names of hosts, in lower case. */
export const hostNames = listOf(
  z
    .string()
    .refine((name) => isHostName(name) || isIP(name) !== 0, 'the name of a host, without a port')
    .transform((name) => name.toLowerCase()),
);

/** Secrets. 32 characters of hexadecimal are 128 bits. */
export const secrets = listOf(
  z.string().regex(/^[!-~]{32,}$/, 'a secret: at least 32 characters of ASCII, without spaces'),
).refine((list) => list.length > 0, 'a list of secrets: leave the setting out where none is wanted');

/** The items of a list, which stand between commas or on lines of their own. */
export function splitList(text: string): string[] {
  return text
    .split(/[,\r\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function listOf<Item extends z.ZodType<string, string>>(item: Item) {
  return z.string().transform(splitList).pipe(z.array(item));
}

function isBetween(text: string, min: number, max: number): boolean {
  if (!/^\d+(?:\.\d+)?$/.test(text)) return false;
  const number = Number(text);
  return number >= min && number <= max;
}

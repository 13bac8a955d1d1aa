import type { ChainableCommander, Redis } from 'ioredis';
import type { RedisKey } from '../../migrate/go-auth/redis-keys.js';
import { flagOwnerOf, HASH_LENGTH_MAX, isHash, topicSetOf } from '../../migrate/go-auth/redis-keys.js';

/** How many keys, or members of a set, are asked for at a time: what Redis answers within some milliseconds. */
const STEP = 1_000;

/**
 * All keys of one server that mosquitto-go-auth may have written. Reads alone, step by step: SCAN, TYPE, the start of
 * each string, and sets by SSCAN where their name is that of a set of topics.
 * @param onKeys is told of each step: how many keys were looked at.
 */
export async function readKeys(redis: Redis, onKeys: (amount: number) => void): Promise<readonly RedisKey[]> {
  const keys = new Map<string, RedisKey>();
  let cursor = '0';
  do {
    const [next, names] = await redis.scan(cursor, 'COUNT', STEP);
    for (const key of await readStep(redis, names)) keys.set(key.key, key);
    onKeys(names.length);
    cursor = next;
  } while (cursor !== '0');
  return [...keys.values()];
}

async function readStep(redis: Redis, names: readonly string[]): Promise<readonly RedisKey[]> {
  const types = await askEach(redis, names, (pipeline, name) => pipeline.type(name));
  const typeOf = new Map(names.map((name, i) => [name, String(types[i])]));
  const strings = names.filter((name) => typeOf.get(name) === 'string');
  const sets = names.filter((name) => typeOf.get(name) === 'set' && topicSetOf(name));
  const others = names.filter((name) => topicSetOf(name) && typeOf.get(name) !== 'set');
  return [
    ...(await readStrings(redis, strings)),
    ...(await readSets(redis, sets)),
    // A key may go while it is looked at.
    ...others.flatMap((key): RedisKey[] => {
      const type = typeOf.get(key) ?? 'none';
      return type === 'none' || type === 'string' ? [] : [{ key, type: 'other', actualType: type }];
    }),
  ];
}

/** Those that are a hash or a flag; or should be a set. */
async function readStrings(redis: Redis, names: readonly string[]): Promise<readonly RedisKey[]> {
  const values = await askEach(redis, names, (pipeline, name) => pipeline.getrange(name, 0, HASH_LENGTH_MAX));
  return names.flatMap((key, i): RedisKey[] => {
    const value = values[i];
    if (typeof value !== 'string') return [];
    if (isHash(value) || flagOwnerOf(key) !== undefined) return [{ key, type: 'string', value }];
    return topicSetOf(key) ? [{ key, type: 'other', actualType: 'string' }] : [];
  });
}

async function readSets(redis: Redis, names: readonly string[]): Promise<readonly RedisKey[]> {
  const firsts = await askEach(redis, names, (pipeline, name) => pipeline.sscan(name, 0, 'COUNT', STEP));
  const sets: RedisKey[] = [];
  for (const [i, key] of names.entries()) {
    const members = await readRest(redis, key, firsts[i]);
    if (members.length > 0) sets.push({ key, type: 'set', members });
  }
  return sets;
}

/** The members of a set whose scan has begun; a small one is whole at once. */
async function readRest(redis: Redis, key: string, first: unknown): Promise<readonly string[]> {
  if (!isScanReply(first)) return [];
  let [cursor, found] = first;
  const members = new Set(found);
  while (cursor !== '0') {
    [cursor, found] = await redis.sscan(key, cursor, 'COUNT', STEP);
    for (const member of found) members.add(member);
  }
  return [...members];
}

function isScanReply(reply: unknown): reply is [string, string[]] {
  return Array.isArray(reply) && typeof reply[0] === 'string' && Array.isArray(reply[1]);
}

/**
 * Asks about each key in one go. A key that became another type meanwhile has no answer.
 * @throws the error of the connection.
 */
async function askEach(
  redis: Redis,
  names: readonly string[],
  ask: (pipeline: ChainableCommander, name: string) => ChainableCommander,
): Promise<readonly unknown[]> {
  if (names.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const name of names) ask(pipeline, name);
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error && !error.message.startsWith('WRONGTYPE')) throw error;
    return error ? undefined : reply;
  });
}

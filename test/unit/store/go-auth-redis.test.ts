import { Redis } from 'ioredis';
import type { RedisKey } from '../../../src/migrate/go-auth/redis-keys.js';
import { GoAuthRedisError } from '../../../src/store/go-auth-redis/errors.js';
import type { ReadingProgress } from '../../../src/store/go-auth-redis/read-go-auth-redis.js';
import { readGoAuthRedis } from '../../../src/store/go-auth-redis/read-go-auth-redis.js';
import { freePort } from '../../support/server-process.js';
import type { RedisServer } from '../../support/redis.js';
import { startRedis } from '../../support/redis.js';

const HASH = `PBKDF2$sha512$1$c2FsdA==$${Buffer.alloc(64).toString('base64')}`;

/** The keys by their names, sets sorted: Redis has no order. */
function byName(keys: readonly RedisKey[]): Record<string, unknown> {
  const entries = keys.map((key) => [
    key.key,
    key.type === 'string' ? key.value : key.type === 'set' ? [...key.members].sort() : `a ${key.actualType}`,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

describe('reading the Redis of mosquitto-go-auth', () => {
  let server: RedisServer;
  let redis: Redis;
  const progress: ReadingProgress[] = [];
  const read = (url: string, password?: string): ReturnType<typeof readGoAuthRedis> =>
    readGoAuthRedis({ url, password }, (step) => progress.push(step));

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    progress.length = 0;
  });

  it('finds hashes, flags and sets of topics, and passes over all else', async () => {
    await redis.mset('alice', HASH, 'alice:su', 'true', 'bob', '$2a$10$x', 'bob:su', 'no', 'session:1', 'x');
    await redis.sadd('alice:racls', 'a/#', 'b/+');
    await redis.sadd('common:sacls', 'c/%u');
    await redis.sadd('some:set', 'x');
    await redis.hset('some:hash', 'a', 'b');
    const { keys, total } = await read(server.url);
    expect(byName(keys)).toEqual({
      alice: HASH,
      'alice:su': 'true',
      bob: '$2a$10$x',
      'bob:su': 'no',
      'alice:racls': ['a/#', 'b/+'],
      'common:sacls': ['c/%u'],
    });
    expect(total).toBe(9);
  });

  it('keeps any name apart, whatever characters it has', async () => {
    const names = ['a b', 'a:b:c', 'ünï 🔑', '*', '[x]', 'a\nb', ':racls'];
    for (const name of names) await redis.sadd(`${name}:wacls`, name);
    expect(byName((await read(server.url)).keys)).toEqual(
      Object.fromEntries(names.map((name) => [`${name}:wacls`, [name]])),
    );
  });

  it('tells of something else where a set should be', async () => {
    await redis.lpush('alice:racls', 'a');
    await redis.set('bob:racls', 'a');
    expect(byName((await read(server.url)).keys)).toEqual({
      'alice:racls': 'a list',
      'bob:racls': 'a string',
    });
  });

  it('reads many keys and large sets step by step, and tells how far it is', async () => {
    const users = 150_000;
    const createUsers = `for i = 1, ${String(users)} do redis.call('SET', 'user' .. i, ARGV[1]) end`;
    await redis.eval(createUsers, 0, HASH);
    await redis.sadd('user0:racls', ...Array.from({ length: 5_000 }, (_, i) => `topic/${String(i)}`));
    const { keys } = await read(server.url);
    expect(keys).toHaveLength(users + 1);
    const large = keys.find(({ key }) => key === 'user0:racls');
    expect(large?.type === 'set' && new Set(large.members).size).toBe(5_000);
    expect(progress.length).toBeGreaterThan(100);
    expect(progress.at(-1)).toEqual({ keys: users + 1, total: users + 1 });
  }, 60_000);

  it('holds no more of a string than a hash can have', async () => {
    await redis.set('large', `PBKDF2$${'x'.repeat(100_000)}`);
    const [found] = (await read(server.url)).keys;
    expect(found?.type === 'string' && found.value.length).toBeLessThan(2_000);
  });

  it('reads the database that the address names', async () => {
    const other = new Redis(`${server.url}/2`);
    await other.set('alice', HASH);
    other.disconnect();
    expect((await read(server.url)).keys).toEqual([]);
    expect(byName((await read(`${server.url}/2`)).keys)).toEqual({ alice: HASH });
  });

  it('writes nothing, and asks for no more than it needs', async () => {
    await redis.mset('alice', HASH, 'alice:su', 'true');
    await redis.sadd('alice:racls', 'a');
    await redis.config('RESETSTAT');
    await read(server.url);
    const statistics = await redis.info('commandstats');
    const used = [...statistics.matchAll(/^cmdstat_([^:]+):calls/gm)].map(([, name]) => name);
    expect(used.sort()).toEqual(['config|resetstat', 'dbsize', 'getrange', 'info', 'scan', 'sscan', 'type']);
  });

  it('logs in with the password of the address, or with the one beside it', async () => {
    await redis.acl('SETUSER', 'reader', 'on', '>l/et m@e%', '~*', '+@read', '+scan');
    await redis.set('alice', HASH);
    const withUser = server.url.replace('//', '//reader:l%2Fet%20m%40e%25@');
    expect((await read(withUser)).keys).toHaveLength(1);
    expect((await read(server.url.replace('//', '//reader@'), 'l/et m@e%')).keys).toHaveLength(1);
    expect((await read(withUser, 'another')).keys).toHaveLength(1);
  });

  it('says what is wrong, and never the password', async () => {
    const port = await freePort();
    const failure = async (url: string): Promise<Error> => {
      const result = await read(url).catch((error: unknown) => error);
      return result instanceof Error ? result : new Error('it did not fail');
    };
    const refused = await failure(`redis://:secret@127.0.0.1:${String(port)}/1`);
    expect(refused).toBeInstanceOf(GoAuthRedisError);
    expect(refused.message).toBe(
      `redis://127.0.0.1:${String(port)}/1: connect ECONNREFUSED 127.0.0.1:${String(port)}`,
    );
    const wrong = await failure(server.url.replace('//', '//nobody:secret@'));
    expect(wrong.message).toMatch(/^redis:\/\/127\.0\.0\.1:\d+: .*WRONGPASS/);
    for (const url of ['secret', 'http://:secret@x', 'redis://', 'redis:secret']) {
      expect((await failure(url)).message).toBe(
        'the address of Redis is not `redis://[user:password@]host[:port][/database]`',
      );
    }
  });
});

describe.each([
  ['that knows its address', ['--cluster-announce-ip', '127.0.0.1']],
  ['that does not know its address', []],
])('reading a Redis Cluster %s', (_what, options) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(['--cluster-enabled', 'yes', ...options]);
    const redis = new Redis(server.url);
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await redis.cluster('INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await redis.set('alice', HASH);
    await redis.set('bob', HASH);
    await redis.sadd('alice:racls', 'a');
    redis.disconnect();
  });
  afterAll(() => server.stop());

  it('finds all keys', async () => {
    const { keys } = await readGoAuthRedis({ url: server.url }, () => undefined);
    expect(byName(keys)).toEqual({ alice: HASH, bob: HASH, 'alice:racls': ['a'] });
  });
});

import { Cluster, Redis } from 'ioredis';
import type { ServerFindings } from '../../../../src/store/redis/check-server.js';
import { checkServer } from '../../../../src/store/redis/check-server.js';
import type { RedisKind } from '../../../../src/store/redis/redis-address.js';
import type { RedisConnection } from '../../../../src/store/redis/redis-scripts.js';
import { askRedis, until } from '../../../support/redis-ask.js';
import { startRedisCluster } from '../../../support/redis-cluster.js';
import type { RedisServer } from '../../../support/redis.js';
import { startRedis } from '../../../support/redis.js';

const PROBE = 'gatehouse:{default}:probe';

let connection: RedisConnection | undefined;
afterEach(() => connection?.disconnect());

describe('the check of a Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  const set = (name: string, value: string): Promise<unknown> =>
    askRedis(server, ['CONFIG', 'SET', name, value]);

  /** What is found by that user, with `CONFIG SET` before. */
  async function findings(
    kind: RedisKind,
    config: Readonly<Record<string, string>> = {},
    login = '',
  ): Promise<ServerFindings> {
    for (const [name, value] of Object.entries(config)) await set(name, value);
    connection?.disconnect();
    connection = new Redis(server.url.replace('://', `://${login}`), { enableReadyCheck: false });
    return await checkServer(connection, { kind, probeKey: PROBE });
  }

  it('finds nothing where writes are kept', async () => {
    expect(await findings('single', { appendonly: 'yes' })).toEqual({ refusals: [], warnings: [] });
    expect(await findings('single', { appendonly: 'no', save: '3600 1' })).toEqual({
      refusals: [],
      warnings: [],
    });
    expect(await askRedis(server, ['EXISTS', PROBE])).toBe(0);
  });

  it('warns where nothing is kept over a restart', async () => {
    expect(await findings('single', { save: '' })).toEqual({
      refusals: [],
      warnings: ['Redis keeps nothing over a restart: set `appendonly yes`'],
    });
  });

  it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])('refuses %s', async (policy) => {
    expect(await findings('single', { save: '3600 1', 'maxmemory-policy': policy })).toEqual({
      refusals: [
        `maxmemory-policy \`${policy}\` drops clients and roles when memory is short: set \`noeviction\``,
      ],
      warnings: [],
    });
  });

  it.each(['volatile-lru', 'volatile-ttl', 'volatile-random', 'volatile-lfu'])(
    'takes %s, with a warning where there is a bound of memory',
    async (policy) => {
      expect(await findings('single', { 'maxmemory-policy': policy })).toEqual({
        refusals: [],
        warnings: [],
      });
      const { refusals, warnings } = await findings('single', { maxmemory: '1gb' });
      expect([refusals, warnings]).toEqual([[], [expect.stringContaining(`\`${policy}\` may drop`)]]);
      await set('maxmemory', '0');
    },
  );

  it('warns of sentinels without min-replicas-to-write, and of nothing with it', async () => {
    await set('maxmemory-policy', 'noeviction');
    expect(await findings('sentinel')).toEqual({
      refusals: [],
      warnings: [expect.stringContaining('min-replicas-to-write is 0')],
    });
    expect(await findings('single')).toEqual({ refusals: [], warnings: [] });
  });

  it('warns of what keeps Redis from writing at the moment', async () => {
    const { refusals, warnings } = await findings('sentinel', { 'min-replicas-to-write': '1' });
    expect(refusals).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^Redis takes no writes now: NOREPLICAS/)]);
    await set('min-replicas-to-write', '0');
  });

  it('refuses a replica', async () => {
    const master = await startRedis(['--repl-diskless-sync-delay', '0']);
    try {
      await askRedis(server, ['REPLICAOF', '127.0.0.1', String(master.port)]);
      await until(
        'a replica',
        () => askRedis(server, ['INFO']),
        (info) => String(info).includes('link_status:up'),
      );
      expect((await findings('single')).refusals).toEqual([
        expect.stringMatching(/^Redis is read-only: READONLY/),
      ]);
      // One that sentinels have just replaced: another one is about to be named.
      await expect(findings('sentinel')).rejects.toThrow('READONLY');
    } finally {
      await askRedis(server, ['REPLICAOF', 'NO', 'ONE']);
      await master.stop();
    }
  });

  it.each([
    [
      'may not write there',
      ['~other:*', '+@all'],
      {
        refusals: [
          expect.stringMatching(/^the user of Redis may not work on `gatehouse:\{default\}:probe`: NOPERM/),
        ],
      },
    ],
    [
      'may not ask for the configuration',
      ['~gatehouse:*', '+@all', '-config'],
      {
        warnings: ['CONFIG GET is not permitted: min-replicas-to-write is not known'],
      },
    ],
    [
      'may not ask how Redis is',
      ['~gatehouse:*', '+@all', '-info'],
      { warnings: ['INFO is not permitted: what Redis evicts and keeps is not known'] },
    ],
  ])('says so where the user %s', async (_case, rules, expected) => {
    await askRedis(server, ['ACL', 'SETUSER', 'gate', 'reset', 'on', '>secret', ...rules]);
    await set('appendonly', 'yes');
    const found = await findings('sentinel', {}, 'gate:secret@');
    expect(found).toMatchObject(expected);
    await set('appendonly', 'no');
  });

  it('says so where persistence may not be asked for', async () => {
    await askRedis(server, ['ACL', 'SETUSER', 'gate', 'reset', 'on', '>secret', '~*', '+@all', '-config']);
    expect(await findings('single', {}, 'gate:secret@')).toEqual({
      refusals: [],
      warnings: ['CONFIG GET is not permitted: whether Redis saves its data is not known'],
    });
  });

  it('finds nothing out without an answer, and throws', async () => {
    connection = new Redis(server.url, { commandTimeout: 500 });
    await until(
      'connected',
      () => connection?.status,
      (status) => status === 'ready',
    );
    await server.signal('SIGSTOP');
    await expect(checkServer(connection, { kind: 'single', probeKey: PROBE })).rejects.toThrow('timed out');
    await server.signal('SIGCONT');
  });
});

describe('the check of a Redis Cluster', () => {
  it('asks every master', async () => {
    const redis = await startRedisCluster({ redis: { options: ['--appendonly', 'yes'] } });
    try {
      const cluster = new Cluster(redis.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
      connection = cluster;
      const check = { kind: 'cluster', probeKey: PROBE } as const;
      expect(await checkServer(cluster, check)).toEqual({ refusals: [], warnings: [] });
      const other = redis.nodes.find((node) => node !== undefined && node.port !== redis.nodes[0]?.port);
      await askRedis(other ?? { port: 0 }, ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
      const { refusals } = await checkServer(cluster, check);
      expect(refusals).toEqual([expect.stringContaining(`127.0.0.1:${other?.port}: maxmemory-policy`)]);
    } finally {
      connection?.disconnect();
      await redis.stop();
    }
  });
});

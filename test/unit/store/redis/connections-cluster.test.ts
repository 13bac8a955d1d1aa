import { Cluster } from 'ioredis';
import { askRedis, until } from '../../../support/redis-ask.js';
import type { RedisCluster } from '../../../support/redis-cluster.js';
import { startRedisCluster } from '../../../support/redis-cluster.js';
import { freePort } from '../../../support/server-process.js';
import type { WatchedConnections } from '../../../support/store/watched-connections.js';
import { openWatched } from '../../../support/store/watched-connections.js';
import { createTlsAuthority, readTls, redisTlsOptions } from '../../../support/tls-certificates.js';

const ROLES = ['follow', 'commit', 'read'] as const;
const KEY = 'gatehouse:{realm}:working';

let connections: WatchedConnections | undefined;
afterEach(async () => {
  await connections?.close();
  connections = undefined;
});

async function untilWorking({ follow, commit, read }: WatchedConnections): Promise<void> {
  const value = `${Math.random()}`;
  await until(
    'a write',
    () => commit.set(KEY, value),
    (answer) => answer === 'OK',
  );
  for (const each of [follow, read])
    await until(
      'a read',
      () => each.get(KEY),
      (found) => found === value,
    );
}

describe('the connections to a Redis Cluster', () => {
  let redis: RedisCluster;
  beforeAll(async () => {
    redis = await startRedisCluster();
  });
  afterAll(() => redis.stop());

  it('find all nodes from one', async () => {
    connections = openWatched(`redis+cluster://localhost:${redis.nodes[4]?.port}`);
    await connections.untilConnected();
    for (let i = 0; i < 20; i += 1) expect(await connections.commit.set(`key-${i}`, '1')).toBe('OK');
    const { commit } = connections;
    expect(commit instanceof Cluster && commit.nodes('master').length).toBe(3);
  });

  it('are made where some of the nodes that are named are gone', async () => {
    connections = openWatched(redis.url.replace('://', `://127.0.0.1:${await freePort()},`));
    await connections.untilConnected();
    await untilWorking(connections);
  });

  it('take many commits at once as soon as they are connected', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    const { commit } = connections;
    await until(
      'a write',
      () => commit.set(KEY, '0'),
      (answer) => answer === 'OK',
    );
    const answers = await Promise.all(Array.from({ length: 100 }, () => commit.incr(KEY)));
    expect(answers.at(-1)).toBe(100);
  });

  it('leave a paused master for its replica, and never send a commit twice', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    await untilWorking(connections);
    await connections.commit.set(KEY, '0');
    const former = await redis.masterOf(KEY);
    await former.signal('SIGSTOP');
    await expect(connections.commit.incr(KEY)).rejects.toThrow();
    await redis.untilMasterIsNot(former, KEY);
    await untilWorking(connections);
    await connections.commit.set(KEY, '0');
    await former.signal('SIGCONT');
    await until(
      'a replica',
      () => askRedis(former, ['ROLE']),
      (role) => Array.isArray(role) && role[0] === 'slave',
    );
    expect(await connections.read.get(KEY)).toBe('0');
    await untilWorking(connections);
  });

  it('leave a master that ends for its replica', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    const former = await redis.masterOf(KEY);
    await former.signal('SIGKILL');
    await redis.untilMasterIsNot(former, KEY);
    await untilWorking(connections);
    await former.restart();
  });

  it('come again after an outage of everything', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    await Promise.all(redis.nodes.map((server) => server.signal('SIGSTOP')));
    const { follow, commit, read } = connections;
    const outcomes = await Promise.allSettled([follow, commit, read].map((each) => each.get(KEY)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await Promise.all(redis.nodes.map((server) => server.signal('SIGCONT')));
    await untilWorking(connections);
  });

  it('close while everything is paused', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    await Promise.all(redis.nodes.map((server) => server.signal('SIGSTOP')));
    await expect(connections.commit.get(KEY)).rejects.toThrow();
    await connections.close();
    await Promise.all(redis.nodes.map((server) => server.signal('SIGCONT')));
  });
});

describe('the connections to no Redis Cluster', () => {
  it('say why, fail what is asked, and close', async () => {
    const port = await freePort();
    connections = openWatched(`redis+cluster://127.0.0.1:${port}`);
    await until(
      'told',
      () => connections?.events ?? [],
      (events) => events.length >= 3,
    );
    expect(connections.events).toContain(`commit lost: 127.0.0.1:${port}: Connection is closed.`);
    for (const role of ROLES) await expect(connections[role].get(KEY)).rejects.toThrow();
    await connections.close();
    expect(connections.events.length).toBeLessThan(10);
  });
});

describe('the connections to a Redis Cluster by TLS', () => {
  it('are made as the user of the address', async () => {
    const authority = createTlsAuthority();
    const caller = readTls(authority.ca, authority.sign('caller'));
    const options = redisTlsOptions(authority.ca, authority.sign('redis'));
    const redis = await startRedisCluster({
      redis: { hasTls: true, options: [...options, '--user', 'gate', 'on', '>g@te', '~*', '&*', '+@all'] },
      access: { tls: caller },
    });
    try {
      connections = openWatched(
        redis.url.replace('redis+cluster://', 'rediss+cluster://gate:g%40te@'),
        caller,
      );
      await connections.untilConnected();
      await untilWorking(connections);
      expect(await connections.read.acl('WHOAMI')).toBe('gate');
    } finally {
      await connections?.close();
      await redis.stop();
      authority.remove();
    }
  });
});

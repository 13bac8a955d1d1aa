import { askRedis, until } from '../../../support/redis-ask.js';
import type { RedisSentinels } from '../../../support/redis-sentinel.js';
import { startRedisSentinels } from '../../../support/redis-sentinel.js';
import type { RedisServer } from '../../../support/redis.js';
import { startRedis } from '../../../support/redis.js';
import { freePort } from '../../../support/server-process.js';
import type { WatchedConnections } from '../../../support/store/watched-connections.js';
import { openWatched } from '../../../support/store/watched-connections.js';
import { createTlsAuthority, readTls, redisTlsOptions } from '../../../support/tls-certificates.js';

let connections: WatchedConnections | undefined;
afterEach(async () => {
  await connections?.close();
  connections = undefined;
});

/** Waits until something written by the one is read by the others. */
async function untilWorking({ follow, commit, read }: WatchedConnections): Promise<void> {
  const value = `${Math.random()}`;
  await until(
    'a write',
    () => commit.set('working', value),
    (answer) => answer === 'OK',
  );
  for (const each of [follow, read])
    await until(
      'a read',
      () => each.get('working'),
      (found) => found === value,
    );
}

/** A sentinel that takes another server for the master. */
function startAstray(name: string, { port }: RedisServer): Promise<RedisServer> {
  return startRedis({
    files: { 'sentinel.conf': `sentinel monitor ${name} 127.0.0.1 ${port} 1\n` },
    config: 'sentinel.conf',
    options: ['--sentinel'],
    ready: /Sentinel ID is/,
  });
}

describe('the connections to a Redis with sentinels', () => {
  let redis: RedisSentinels;
  beforeAll(async () => {
    redis = await startRedisSentinels();
  });
  afterAll(() => redis.stop());

  it('are made to the master that the sentinels name, in the database of the address', async () => {
    connections = openWatched(`${redis.url}/3`);
    await connections.untilConnected();
    await connections.commit.set('of-three', 'x');
    const keyspace = await askRedis(await redis.master(), ['INFO', 'keyspace']);
    expect(keyspace).toMatch(/^db3:keys=1/m);
  });

  it('are made where one sentinel is gone, and another is paused', async () => {
    const [, paused] = redis.sentinels;
    await paused?.signal('SIGSTOP');
    connections = openWatched(redis.url.replace('://', `://127.0.0.1:${await freePort()},`));
    await connections.untilConnected();
    await paused?.signal('SIGCONT');
    await until('a quorum', redis.master.bind(redis), () => true);
  });

  it('say so where the sentinels do not know the name', async () => {
    connections = openWatched(`redis+sentinel://${redis.hosts}/other`);
    await until(
      'told',
      () => connections?.events ?? [],
      (events) => events.length >= 9,
    );
    const told = connections.events.filter((event) => event.startsWith('read lost'));
    expect(told).toContainEqual(
      expect.stringMatching(/failed to connect to sentinel .* because ERR No such master with that name/),
    );
    expect(told.length).toBeLessThanOrEqual(4);
  });

  it('leave a paused master for the one that takes its place', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    const former = await redis.master();
    await former.signal('SIGSTOP');
    await redis.untilMasterIsNot(former);
    await untilWorking(connections);
    await former.signal('SIGCONT');
  });

  it('leave a master that ends for the one that takes its place', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    const former = await redis.master();
    await former.signal('SIGKILL');
    await redis.untilMasterIsNot(former);
    await untilWorking(connections);
    await former.restart();
  });

  it('leave a master without replicas, for the one that the next sentinel names', async () => {
    const left = await startRedis(['--min-replicas-to-write', '1']);
    const astray = await startAstray(redis.name, left);
    try {
      connections = openWatched(redis.url.replace('://', `://127.0.0.1:${astray.port},`));
      await connections.untilConnected();
      await expect(connections.commit.set('x', '1')).rejects.toThrow('NOREPLICAS');
      const { commit } = connections;
      await until(
        'a write',
        () => commit.set('x', '1'),
        (answer) => answer === 'OK',
      );
      expect(await askRedis(await redis.master(), ['GET', 'x'])).toBe('1');
    } finally {
      await connections?.close();
      await astray.stop();
      await left.stop();
    }
  });

  it('leave a server that is no master any more, for the one that the other sentinel names', async () => {
    const left = await startRedis();
    const astray = await startAstray(redis.name, left);
    try {
      const master = await redis.master();
      await askRedis(left, ['REPLICAOF', '127.0.0.1', master.port]);
      const [other] = redis.sentinels;
      connections = openWatched(
        redis.url.replace(/:\/\/[^/]*/, `://127.0.0.1:${astray.port},127.0.0.1:${other?.port ?? 0}`),
      );
      await connections.untilConnected();
      const { commit } = connections;
      await until(
        'a write',
        () => commit.set('y', '1'),
        (answer) => answer === 'OK',
      );
      expect(await askRedis(master, ['GET', 'y'])).toBe('1');
    } finally {
      await connections?.close();
      await astray.stop();
      await left.stop();
    }
  });

  it('come again after an outage of everything', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    const all = [...redis.servers, ...redis.sentinels];
    await Promise.all(all.map((server) => server.signal('SIGSTOP')));
    const { follow, commit, read } = connections;
    const outcomes = await Promise.allSettled([follow, commit, read].map((each) => each.get('x')));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await Promise.all(all.map((server) => server.signal('SIGCONT')));
    await untilWorking(connections);
  });

  it('close while everything is paused', async () => {
    connections = openWatched(redis.url);
    await connections.untilConnected();
    const all = [...redis.servers, ...redis.sentinels];
    await Promise.all(all.map((server) => server.signal('SIGSTOP')));
    await expect(connections.commit.get('x')).rejects.toThrow();
    await connections.close();
    await Promise.all(all.map((server) => server.signal('SIGCONT')));
  });
});

describe('sentinels with users and certificates of their own', () => {
  const authority = createTlsAuthority();
  const caller = readTls(authority.ca, authority.sign('caller'));
  const PEER = { tls: caller, username: 'peer', password: 'peer' };
  let redis: RedisSentinels;
  beforeAll(async () => {
    const options = redisTlsOptions(authority.ca, authority.sign('redis'));
    const server = { hasTls: true, options };
    redis = await startRedisSentinels({
      redis: { ...server, options: [...options, '--user', 'gate', 'on', '>g@te', '~*', '&*', '+@all'] },
      sentinel: server,
      sentinelConfig: [
        // What docs/deploy.md says that it needs.
        'user watch on >w&tch resetchannels &+switch-master -@all +subscribe' +
          ' +sentinel|get-master-addr-by-name +sentinel|sentinels',
        'user peer on >peer ~* &* +@all',
        'user default off',
        'sentinel sentinel-user peer',
        'sentinel sentinel-pass peer',
      ],
      redisAccess: { tls: caller },
      sentinelAccess: PEER,
    });
  });
  afterAll(async () => {
    await redis.stop();
    authority.remove();
  });

  it('are asked by TLS and by that user, and Redis by its own', async () => {
    const query = 'sentinelUsername=watch&sentinelPassword=w%26tch';
    connections = openWatched(`rediss+sentinel://gate:g%40te@${redis.hosts}/${redis.name}?${query}`, caller);
    await connections.untilConnected();
    await untilWorking(connections);
    expect(await connections.read.acl('WHOAMI')).toBe('gate');
    for (const sentinel of redis.sentinels) {
      // Each of the three connections listens for a failover.
      const clients = async (): Promise<string> => String(await askRedis(sentinel, ['CLIENT', 'LIST'], PEER));
      await until('listening', clients, (list) => (list.match(/ sub=1 .* user=watch /g) ?? []).length === 3);
    }
  });

  it('refuse others, and the reason is told', async () => {
    connections = openWatched(`rediss+sentinel://gate:g%40te@${redis.hosts}/${redis.name}`, caller);
    await until(
      'told',
      () => connections?.events ?? [],
      (events) => events.length >= 3,
    );
    expect(connections.events.join('\n')).toMatch(/NOAUTH|NOPERM/);
    expect(connections.events.join('\n')).not.toMatch(/g@te|g%40te/);
  });
});

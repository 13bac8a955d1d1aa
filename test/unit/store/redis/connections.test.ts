import { BLOCK_MS_MAX } from '../../../../src/store/redis/connection-options.js';
import { openConnections } from '../../../../src/store/redis/connections.js';
import { parseRedisAddress } from '../../../../src/store/redis/redis-address.js';
import { askRedis, until } from '../../../support/redis-ask.js';
import type { RedisServer } from '../../../support/redis.js';
import { startRedis, startRedisOn } from '../../../support/redis.js';
import { freePort } from '../../../support/server-process.js';
import type { WatchedConnections } from '../../../support/store/watched-connections.js';
import { openWatched } from '../../../support/store/watched-connections.js';
import type { TcpProxy } from '../../../support/tcp-proxy.js';
import { startTcpProxy } from '../../../support/tcp-proxy.js';
import { createTlsAuthority, readTls, redisTlsOptions } from '../../../support/tls-certificates.js';

const ROLES = ['follow', 'commit', 'read'] as const;

let opened: WatchedConnections[] = [];
const open = (...args: Parameters<typeof openWatched>): WatchedConnections => {
  const connections = openWatched(...args);
  opened.push(connections);
  return connections;
};
afterEach(async () => {
  await Promise.all(opened.map((connections) => connections.close()));
  opened = [];
});

/** What CLIENT LIST says of the connections that are open. */
async function clients(server: RedisServer): Promise<string[]> {
  const list = String(await askRedis(server, ['CLIENT', 'LIST']));
  const lines = list.split('\n').filter((line) => line.includes('name=gatehouse:'));
  return lines.map(
    (line) =>
      `${/name=(\S+)/.exec(line)?.[1]} ${/user=(\S+)/.exec(line)?.[1]} db ${/db=(\d+)/.exec(line)?.[1]}`,
  );
}

describe('the connections to a single Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    await askRedis(server, ['ACL', 'SETUSER', 'ü:@/', 'on', '>p@:/?#%', '~*', '+@all']);
  });
  afterAll(() => server.stop());

  it('have names by which an operator tells them apart', async () => {
    const connections = open(server.url);
    await connections.untilConnected();
    expect((await clients(server)).sort()).toEqual(
      ['commit', 'follow', 'read'].map((role) => `gatehouse:test-1:${role} default db 0`),
    );
    expect([...connections.events].sort()).toEqual([
      'commit connected',
      'follow connected',
      'read connected',
    ]);
  });

  it('are those of the user and in the database that the address names', async () => {
    const login = `${encodeURIComponent('ü:@/')}:${encodeURIComponent('p@:/?#%')}`;
    const connections = open(`redis://${login}@127.0.0.1:${server.port}/7`);
    await connections.untilConnected();
    expect((await clients(server))[0]).toMatch(/ü:@\/ db 7$/);
    await connections.read.set('of-seven', '1');
    expect(await connections.commit.get('of-seven')).toBe('1');
    await connections.read.del('of-seven');
  });

  it('say why they are refused, once, and go on trying', async () => {
    const connections = open(`redis://default2:SECRET@127.0.0.1:${server.port}`);
    const refused = ROLES.map(
      (role) => `${role} lost: WRONGPASS invalid username-password pair or user is disabled.`,
    );
    await until(
      'all refused',
      () => connections.events.length,
      (length) => length >= 3,
    );
    expect([...connections.events].sort()).toEqual(refused.sort());
    await askRedis(server, ['ACL', 'SETUSER', 'default2', 'on', '>SECRET', '~*', '+@all']);
    await connections.untilConnected();
    expect(connections.events.length).toBe(6);
  });

  it('send what is asked in one turn of the event loop together, by the read connection', async () => {
    const proxy = await startTcpProxy(server.port);
    const connections = open(`redis://127.0.0.1:${proxy.port}`);
    await connections.untilConnected();
    const { chunksToServer: before } = proxy.counts;
    await Promise.all(Array.from({ length: 100 }, (_, i) => connections.read.get(`key-${i}`)));
    expect(proxy.counts.chunksToServer - before).toBeLessThan(10);
    await proxy.stop();
  });

  it.each(['redis://localhost:PORT/0', 'redis://127.0.0.1:PORT/'])('are made to %s', async (url) => {
    const connections = open(url.replace('PORT', String(server.port)));
    await connections.untilConnected();
    expect(await connections.commit.ping()).toBe('PONG');
  });

  it('close, and fail what is under way', async () => {
    const connections = open(server.url);
    await connections.untilConnected();
    const blocked = connections.follow.xread('BLOCK', BLOCK_MS_MAX, 'STREAMS', 'nothing', '0-0').then(
      () => 'answered',
      () => 'failed',
    );
    await connections.close();
    expect(await blocked).toBe('failed');
    expect(await clients(server)).toEqual([]);
    await expect(connections.read.get('x')).rejects.toThrow();
  });
});

describe('connections to a Redis by IPv6', () => {
  it('are made', async () => {
    const server = await startRedis(['--bind', '127.0.0.1 ::1']);
    try {
      const connections = open(`redis://[::1]:${server.port}`);
      await connections.untilConnected();
      expect(await connections.commit.ping()).toBe('PONG');
    } finally {
      await server.stop();
    }
  });
});

describe('connections while Redis is away', () => {
  it('are opened without it, and come about as soon as it is there', async () => {
    const port = await freePort();
    const connections = open(`redis://127.0.0.1:${port}`);
    await until(
      'all refused',
      () => connections.events.length,
      (length) => length >= 3,
    );
    expect([...connections.events].sort()).toEqual(
      ['commit', 'follow', 'read'].map((role) => `${role} lost: connect ECONNREFUSED 127.0.0.1:${port}`),
    );
    const server = await startRedisOn(port, {});
    try {
      await connections.untilConnected();
    } finally {
      await server.stop();
    }
  });

  it('fail at once what is asked of them, on each', async () => {
    const connections = open(`redis://127.0.0.1:${await freePort()}`);
    for (const role of ROLES) await expect(connections[role].get('x')).rejects.toThrow();
  });

  it('close all the same', async () => {
    const connections = open(`redis://127.0.0.1:${await freePort()}`);
    await connections.close();
    expect(ROLES.map((role) => connections[role].status)).not.toContain('connecting');
  });
});

describe('connections that break', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let connections: WatchedConnections;
  beforeEach(async () => {
    server = await startRedis();
    proxy = await startTcpProxy(server.port);
    connections = open(`redis://127.0.0.1:${proxy.port}`);
    await connections.untilConnected();
  });
  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  it.each(ROLES)('fail what is under way when they are cut, and come again: %s', async (role) => {
    proxy.stall('toClient');
    const answer = connections[role].set('key', 'value');
    await until(
      'the command',
      () => askRedis(server, ['GET', 'key']),
      (value) => value === 'value',
    );
    const again = connections.untilConnectedAgain(role);
    proxy.cutAll();
    proxy.resume();
    await expect(answer).rejects.toThrow();
    await again;
    expect(await connections[role].get('key')).toBe('value');
  });

  it('never send a command twice', async () => {
    await connections.commit.set('count', '0');
    proxy.swallowReplies(1);
    const again = connections.untilConnectedAgain('commit');
    await expect(connections.commit.incr('count')).rejects.toThrow();
    await again;
    expect(await askRedis(server, ['GET', 'count'])).toBe('1');
  });

  it('come again where ioredis has given up', async () => {
    const again = connections.untilConnectedAgain('commit');
    connections.commit.disconnect();
    await again;
    expect(await connections.commit.ping()).toBe('PONG');
  });

  it('are left when nothing comes back, and tell why', async () => {
    proxy.stall('toClient');
    await expect(connections.commit.get('x')).rejects.toThrow();
    await until(
      'told',
      () => connections.events.at(-1) ?? '',
      (event) => event.includes('Socket timeout'),
    );
    const again = connections.untilConnectedAgain('commit');
    proxy.resume();
    await again;
  });

  it('are left when the server is paused, blocking commands included', async () => {
    await server.signal('SIGSTOP');
    const { follow, commit, read } = connections;
    const asked = [
      follow.xread('BLOCK', BLOCK_MS_MAX, 'STREAMS', 's', '0-0'),
      commit.get('x'),
      read.get('x'),
    ];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await server.signal('SIGCONT');
    await until(
      'an answer',
      () => connections.commit.ping(),
      (answer) => answer === 'PONG',
    );
  });

  it('are not left while a command blocks for as long as it may', async () => {
    for (let times = 0; times < 4; times += 1) {
      expect(await connections.follow.xread('BLOCK', BLOCK_MS_MAX, 'STREAMS', 's', '0-0')).toBeNull();
    }
    expect(connections.events.length).toBe(3);
  });

  it('tell of a server that stays read-only once, however often they leave it', async () => {
    const replica = await startRedis(['--replicaof', `127.0.0.1 ${await freePort()}`]);
    try {
      const { commit, events, untilConnected } = open(replica.url);
      await untilConnected();
      const before = events.length;
      for (let i = 0; i < 4; i++) {
        await expect(commit.set('x', '1')).rejects.toThrow('READONLY');
        await until(
          'another connection',
          () => commit.ping(),
          (answer) => answer === 'PONG',
        );
      }
      expect(events.slice(before)).toEqual([
        expect.stringMatching('^commit lost: READONLY'),
        'commit connected',
      ]);
    } finally {
      await replica.stop();
    }
  });

  it('leave a server that has become a replica', async () => {
    await askRedis(server, ['REPLICAOF', '127.0.0.1', '1']);
    await expect(connections.commit.set('x', '1')).rejects.toThrow('READONLY');
    await until(
      'told',
      () => connections.events,
      (events) => events.some((event) => event.includes('READONLY')),
    );
    await askRedis(server, ['REPLICAOF', 'NO', 'ONE']);
    await until(
      'a write',
      () => connections.commit.set('x', '1'),
      (answer) => answer === 'OK',
    );
  });

  it('close while the server is paused', async () => {
    await server.signal('SIGSTOP');
    await connections.close();
    expect(connections.commit.status).toBe('end');
  });
});

describe('connections by TLS', () => {
  const authority = createTlsAuthority();
  const foreign = createTlsAuthority();
  const caller = authority.sign('caller');
  let server: RedisServer;
  beforeAll(async () => {
    const options = redisTlsOptions(authority.ca, authority.sign('redis'));
    server = await startRedis({ options, hasTls: true });
  });
  afterAll(async () => {
    await server.stop();
    authority.remove();
    foreign.remove();
  });

  it.each(['127.0.0.1', 'localhost'])('are made where the certificates fit: %s', async (host) => {
    const connections = open(`rediss://${host}:${server.port}/1`, readTls(authority.ca, caller));
    await connections.untilConnected();
    expect(await connections.commit.ping()).toBe('PONG');
  });

  it.each([
    ['the CA is another', () => readTls(foreign.ca, caller), /self-signed certificate|unable to verify/],
    ['there is no CA', () => ({}), /self-signed certificate|unable to verify/],
    ['there is no client certificate', () => ({ ca: readTls(authority.ca, caller).ca }), /./],
  ])('are refused with the reason where %s', async (_case, tls, reason) => {
    const connections = open(`rediss://127.0.0.1:${server.port}`, tls());
    await until(
      'told',
      () => connections.events.length,
      (length) => length >= 3,
    );
    expect(connections.events).toContainEqual(expect.stringMatching(/^commit lost: /));
    expect(connections.events.find((event) => event.startsWith('commit lost'))).toMatch(reason);
    expect(connections.events.filter((event) => event.endsWith('connected'))).toEqual([]);
  });

  it('are not begun with what is no certificate', () => {
    const begin = (): unknown =>
      openConnections(parseRedisAddress('rediss://127.0.0.1'), {
        instanceId: 'x',
        tls: { cert: 'nonsense', key: 'nonsense' },
        listener: { connected: () => undefined, lost: () => undefined },
      });
    expect(begin).toThrow(TypeError);
    expect(begin).toThrow(/^the certificates or the key for Redis cannot be used: /);
  });
});

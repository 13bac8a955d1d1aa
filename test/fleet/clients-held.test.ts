/** The service with less room than clients: what it fetches, and what it answers where it cannot. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { createGate } from '../../src/gate/gate.js';
import { shedLoad } from '../../src/gate/shed-load.js';
import { parseRedisAddress } from '../../src/store/redis/redis-address.js';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { IN_CONTACT, untilState } from '../support/fleet/fleet.js';
import { ask } from '../support/http/administration.js';
import { type Answer, basic, bodyOf, check } from '../support/http/call.js';
import { openDoors } from '../support/http/doors.js';
import { createTestPool } from '../support/http/fixed-gate.js';
import { ADMIN_TOKEN } from '../support/http/management.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import { startTestService, type TestService } from '../support/service.js';
import { openRedisStore } from '../support/store/redis-store.js';

const LIMIT = 3;
const NAMES = Array.from({ length: 10 }, (_, i) => `c${String(i)}`);
const DOCUMENT = JSON.parse(
  documentOf({
    clients: [
      ...NAMES.map((username) => ({ username, password: 'right', roles: ['all'] })),
      { username: 'admin', password: 'right', roles: ['all'] },
    ],
    roles: { all: [...allowAll('#'), ...allowAll('$CONTROL/#')] },
  }),
) as object;

/** Longer than any of these tests takes. */
const FOR_EVER_MS = 3_600_000;

describe('a service that holds fewer clients than there are', () => {
  let redis: RedisServer;
  let realm: string;
  let service: TestService;
  const services: TestService[] = [];

  const start = async (maxStalenessMs: number): Promise<TestService> => {
    const started = await startTestService({
      document: '{}',
      settings: {
        adminTokens: [ADMIN_TOKEN],
        redis: {
          ...{ address: parseRedisAddress(redis.url), tls: {}, realm, waitReplicas: 0 },
          ...{ maxStalenessMs, clientsHeld: LIMIT },
        },
      },
    });
    services.push(started);
    await untilState(started, IN_CONTACT);
    return started;
  };

  beforeAll(async () => {
    redis = await startRedis();
    realm = randomUUID();
    await (await openRedisStore(redis.url, { realm, document: DOCUMENT })).close();
    service = await start(FOR_EVER_MS);
  });
  afterAll(async () => {
    for (const each of services) await each.close();
    await redis.stop();
  });

  const acl = (username: string, acc: number, { url } = service): Promise<Answer> =>
    check(url, '/auth/acl', { username, clientid: 'c', topic: 't', acc });
  const logIn = (username: string): Promise<Answer> =>
    check(service.url, '/auth/user', { username, password: 'right', clientid: 'c' });
  const heldClients = async (): Promise<number> => {
    const { redis: section } = bodyOf(await ask(service, '/status')) as { redis: { clientsHeld: number } };
    return section.clientsHeld;
  };
  /** Brings these into memory, and so all others out of it. */
  const holdOnly = async (...usernames: readonly [string, string, string]): Promise<void> => {
    for (const username of usernames) expect((await acl(username, 1)).status).toBe(200);
    expect(await heldClients()).toBe(LIMIT);
  };
  /** How often clients were read while something was done; nothing else reads so while no change is made. */
  const readsDuring = async (work: () => Promise<unknown>): Promise<number> => {
    const client = new Redis(redis.url);
    const count = async (): Promise<number> =>
      Number(/cmdstat_hmget:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
    const before = await count();
    await work();
    const reads = (await count()) - before;
    client.disconnect();
    return reads;
  };

  it('decides about all of them, and about who is not there', async () => {
    for (const username of [...NAMES, ...NAMES]) {
      for (const acc of [1, 2, 3, 4, 8]) expect((await acl(username, acc)).status).toBe(200);
      expect((await logIn(username)).status).toBe(200);
      expect(bodyOf(await check(service.url, '/auth/superuser', { username }))).toEqual({
        ok: false,
        error: 'not_superuser',
      });
      expect(await heldClients()).toBe(LIMIT);
    }
    for (const acc of [1, 2])
      expect(bodyOf(await acl('nobody', acc))).toEqual({ ok: false, error: 'unknown_client' });
  });

  it('explains to an administrator who is not in memory what is asked of another one', async () => {
    await holdOnly('c1', 'c2', 'c3');
    const body = { username: 'c9', clientid: 'c', topic: 't', acc: 1 };
    const explained = await ask(service, '/explain', { as: basic('admin', 'right'), body, method: 'POST' });
    expect([explained.status, bodyOf(explained)]).toMatchObject([200, { allowed: true }]);
  });

  it('reads a client once for all that ask at the same time, and no other', async () => {
    await holdOnly('c1', 'c2', 'c3');
    const many = (username: string): Promise<number> =>
      readsDuring(() => Promise.all(Array.from({ length: 8 }, () => acl(username, 2))));
    expect(await many('c3')).toBe(0);
    expect(await many('nobody')).toBe(0);
    expect(await many('c4')).toBe(1);
    expect(await many('c4')).toBe(0);
    // The least recently used one has left.
    expect(await many('c2')).toBe(0);
    expect(await many('c1')).toBe(1);
  });

  it('reads all clients that a change is about at once, and holds no more than before', async () => {
    await holdOnly('c1', 'c2', 'c3');
    const commands = NAMES.map((username) => ({ command: 'modifyClient', username, textname: 'new' }));
    const client = new Redis(redis.url);
    const monitor = await client.monitor();
    const scripts: string[] = [];
    monitor.on('monitor', (_time: string, [command = '', , keys, ...rest]: string[]) => {
      if (/^evalsha|^eval$/i.test(command) && keys === '2' && rest[0]?.endsWith(':clients'))
        scripts.push(rest.slice(2).join(' '));
    });
    const answer = await ask(service, '/commands', { method: 'POST', body: { commands } });
    expect(bodyOf(answer)).toEqual({ responses: commands.map(({ command }) => ({ command })) });
    await eventually(
      () => scripts.length,
      (length) => length > 0,
    );
    monitor.disconnect();
    client.disconnect();
    expect(scripts).toEqual(['c0 c4 c5 c6 c7 c8 c9']);
    expect(await heldClients()).toBe(LIMIT);
    const { clients } = bodyOf(await ask(service, '/document')) as {
      clients: { username: string; textname?: string }[];
    };
    expect(clients.filter(({ textname }) => textname === 'new').map(({ username }) => username)).toEqual(
      NAMES,
    );
  });

  it('merges a document with all of them', async () => {
    const body = { clients: [{ username: 'c5', textname: 'merged', roles: [{ rolename: 'all' }] }] };
    const merged = await ask(service, '/document?mode=merge', { body });
    expect(bodyOf(merged)).toMatchObject({ ok: true, counts: { clients: NAMES.length + 1 } });
    expect(await heldClients()).toBe(LIMIT);
    expect((await acl('c5', 2)).status).toBe(200);
  });

  it('does not know what to say of a client whose record is taken away by hand, until it is told', async () => {
    await holdOnly('c1', 'c2', 'c3');
    const client = new Redis(redis.url);
    await client.hdel(`gatehouse:{${realm}}:clients`, 'c9');
    client.disconnect();
    expect((await acl('c9', 2)).status).toBe(503);
    expect((await acl('c8', 2)).status).toBe(200);
    expect(
      service.log.lines().filter(({ msg }) => String(msg).startsWith('a record in Redis is damaged')),
    ).toEqual([expect.objectContaining({ problem: expect.stringContaining('client `c9` is gone') })]);
    expect((await ask(service, '/touch', { method: 'POST', body: {} })).status).toBe(200);
    expect(bodyOf(await acl('c9', 2))).toEqual({ ok: false, error: 'unknown_client' });
  });

  it('gives up everything when there is too much to do, deliveries to whom it does not hold included', async () => {
    const pool = createTestPool();
    const { store, close } = await openRedisStore(redis.url, { realm, clientsHeld: 1 });
    const gate = createGate(store, pool);
    const shedding = { shedding: () => 'everything' as const };
    const doors = await openDoors({ gate: { ...gate, ...shedLoad(gate, shedding) }, health: store });
    try {
      for (const username of ['c1', 'c2']) {
        const answer = await check(doors.url, '/auth/acl', { username, clientid: 'c', topic: 't', acc: 1 });
        expect([answer.status, bodyOf(answer)]).toMatchObject([503, { error: 'undecided: overloaded' }]);
      }
    } finally {
      await doors.close();
      await close();
      await pool.close();
    }
  });

  describe('while Redis says nothing', () => {
    let impatient: TestService;
    beforeAll(async () => {
      impatient = await start(1_000);
      await holdOnly('c1', 'c2', 'c3');
      for (const username of ['c1', 'c2', 'c3']) expect((await acl(username, 1, impatient)).status).toBe(200);
      await redis.signal('SIGSTOP');
    });
    afterAll(() => redis.signal('SIGCONT'));

    it('decides about those that are in memory, and about who is not there', async () => {
      for (const acc of [1, 2, 3, 4, 8]) {
        for (const username of ['c1', 'c2', 'c3']) expect((await acl(username, acc)).status).toBe(200);
        expect(bodyOf(await acl('nobody', acc))).toMatchObject({ error: 'unknown_client' });
      }
      expect((await logIn('c1')).status).toBe(200);
    });

    it('a delivery to another one is lost: for a 5xx the broker would close who has sent the message', async () => {
      const answer = await acl('c4', 1);
      expect([answer.status, bodyOf(answer)]).toEqual([403, { ok: false, error: 'undecided' }]);
    });

    it('everything else about another one is undecided', async () => {
      const answers = [
        ...(await Promise.all([2, 3, 4, 8].map((acc) => acl('c4', acc)))),
        await logIn('c4'),
        await check(service.url, '/auth/superuser', { username: 'c4' }),
      ];
      for (const answer of answers) {
        expect([answer.status, bodyOf(answer)]).toEqual([
          503,
          { ok: false, error: 'undecided: client_not_held' },
        ]);
      }
      const body = { username: 'c4', topic: 't', acc: 1 };
      expect((await ask(service, '/explain', { method: 'POST', body })).status).toBe(503);
      expect(service.log.lines().filter(({ msg }) => msg === 'a defect: please report it')).toEqual([]);
    });

    it('a change of another one is not made', async () => {
      const commands = [{ command: 'modifyClient', username: 'c4', textname: 'never' }];
      const answer = await ask(service, '/commands', { method: 'POST', body: { commands } });
      expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('nothing is changed')]);
    });

    it('is undecided as a whole when its state is too old, deliveries included', async () => {
      const undecided = (username: string, acc: number): Promise<Answer> =>
        eventually(
          () => acl(username, acc, impatient),
          ({ text }) => text.includes('stale'),
        );
      for (const acc of [1, 2, 4, 8]) {
        for (const username of ['c1', 'c4', 'nobody'])
          expect(await undecided(username, acc)).toMatchObject({ status: 503 });
      }
    });

    it('decides about all when it speaks again', async () => {
      await redis.signal('SIGCONT');
      for (const username of NAMES.slice(0, 9)) {
        await eventually(
          () => acl(username, 1),
          ({ status }) => status === 200,
          40_000,
        );
      }
    });
  });
});

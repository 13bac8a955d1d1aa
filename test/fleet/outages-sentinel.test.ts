import type { TestFleet } from '../support/fleet/fleet.js';
import { FROM_MEMORY, IN_CONTACT, startFleet, untilState } from '../support/fleet/fleet.js';
import type { FleetLoad } from '../support/fleet/fleet-load.js';
import { expectSound, startLoad } from '../support/fleet/fleet-load.js';
import { askRedis, until } from '../support/redis-ask.js';
import type { RedisSentinels } from '../support/redis-sentinel.js';
import { startRedisSentinels } from '../support/redis-sentinel.js';
import type { RedisServer } from '../support/redis.js';

// Several failovers of seconds each, on machines that may be busy.
jest.setTimeout(120_000);

/** Replicas and sentinels have users of their own, and so has one instance at the sentinels: any can be locked out. */
const ACCESS = { password: 'd' };

let redis: RedisSentinels;
let fleet: TestFleet;
let load: FleetLoad;
beforeAll(async () => {
  const user = (name: string, password: string): readonly string[] => [
    ...['--user', name, 'on', `>${password}`, '~*', '&*', '+@all'],
  ];
  const replication = ['--masteruser', 'replica', '--masterauth', 'r', '--min-replicas-max-lag', '2'];
  redis = await startRedisSentinels({
    // Who is locked out must not get in as nobody.
    redis: {
      options: [...user('default', 'd'), ...user('replica', 'r'), ...user('watch', 'w'), ...replication],
    },
    redisAccess: ACCESS,
    sentinelConfig: [
      'sentinel auth-user gatehouse watch',
      'sentinel auth-pass gatehouse w',
      // A machine that is busy is not a master that is dead.
      'sentinel down-after-milliseconds gatehouse 2000',
      'user second on >s ~* &* +@all',
    ],
  });
  const url = redis.url.replace('://', '://:d@');
  fleet = await startFleet([url, `${url}?sentinelUsername=second&sentinelPassword=s`]);
});
afterAll(async () => {
  await fleet?.stop();
  await redis?.stop();
});
beforeEach(async () => {
  load = await startLoad(fleet);
});
afterEach(() => load?.stop());

/** New connections and those that are there. */
async function lock(server: RedisServer, user: string, access = {}): Promise<void> {
  await askRedis(server, ['ACL', 'SETUSER', user, 'off'], access);
  await askRedis(server, ['CLIENT', 'KILL', 'USER', user], access);
}

const unlock = (server: RedisServer, user: string, access = {}): Promise<unknown> =>
  askRedis(server, ['ACL', 'SETUSER', user, 'on'], access);

/** Makes it a replica at once, which sentinels do after 8 s, and waits until both follow the master and all agree. */
async function rejoin(former: RedisServer): Promise<void> {
  const master = await redis.master();
  await askRedis(former, ['REPLICAOF', '127.0.0.1', master.port], ACCESS);
  const replicas = (info: string): number => (info.match(/state=online/g) ?? []).length;
  await until(
    'two replicas',
    async () => replicas(String(await askRedis(master, ['INFO', 'replication'], ACCESS))),
    (count) => count === 2,
  );
  // One that still leads the last failover would go on with it in the middle of the next one.
  for (const sentinel of redis.sentinels) {
    await until(
      'a sentinel that is done',
      async () => fieldsOf(await askRedis(sentinel, ['SENTINEL', 'MASTER', redis.name])),
      (fields) => fields.get('flags') === 'master' && fields.get('port') === String(master.port),
    );
  }
}

/** Of a reply that lists names and values in turn. */
function fieldsOf(reply: unknown): ReadonlyMap<string, string> {
  const list = reply as readonly string[];
  return new Map(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1] ?? ''] as const] : [])));
}

/** Every instance decides by the new master and changes go on; then the old one is a replica. */
async function expectRecovered(former: RedisServer, safe: number): Promise<void> {
  await load.untilWritten();
  await fleet.untilAll(IN_CONTACT);
  await load.untilAskedAll();
  expect(load.brokers.records.filter(({ status }) => status === 503)).toEqual([]);
  await rejoin(former);
  await fleet.untilAll(IN_CONTACT);
  await expectSound(fleet, load, safe);
}

/**
 * Connections are made anew once more when the last sentinel tells of a failover, and a new master takes changes when it
 * has a replica: 503 until then, and nothing is changed.
 */
function insist(change: () => Promise<unknown>): Promise<boolean> {
  return until(
    'a change',
    () =>
      change().then(
        () => true,
        () => false,
      ),
    Boolean,
  );
}

describe('two instances on a Redis with sentinels', () => {
  it('follow to the new master when the old one is killed', async () => {
    const former = await redis.master();
    const safe = load.changes.written.length;
    await load.untilWritten();
    await former.signal('SIGKILL');
    await redis.untilMasterIsNot(former);
    await load.untilWritten();
    await former.restart();
    await expectRecovered(former, safe);
  });

  it('follow to the new master when the old one hangs', async () => {
    const former = await redis.master();
    const safe = load.changes.written.length;
    await load.untilWritten();
    await former.signal('SIGSTOP');
    await redis.untilMasterIsNot(former);
    await load.untilWritten();
    await former.signal('SIGCONT');
    await expectRecovered(former, safe);
  });

  it('end on the history that survives where a failover loses changes that were answered', async () => {
    await insist(() => fleet.give('d2'));
    await fleet.untilExtra('d2', 200);
    const former = await redis.master();
    const safe = load.changes.written.length;
    await load.untilWritten();
    await lock(former, 'replica', ACCESS);
    await insist(() => fleet.give('d1'));
    await insist(() => fleet.take('d2'));
    await fleet.untilExtra('d1', 200);
    await fleet.untilExtra('d2', 403);
    await former.signal('SIGKILL');
    await redis.untilMasterIsNot(former);
    // Neither has ever happened.
    await fleet.untilExtra('d1', 403);
    await fleet.untilExtra('d2', 200);
    await load.untilWritten();
    await former.restart();
    await expectRecovered(former, safe);
    await fleet.untilExtra('d1', 403);
    await insist(() => fleet.take('d2'));
    await fleet.untilExtra('d2', 403);
  });

  it('leave a master that has been left by all others, even where one of them still reaches it', async () => {
    for (const server of redis.servers)
      await askRedis(server, ['CONFIG', 'SET', 'min-replicas-to-write', 1], ACCESS);
    const [near, far] = fleet.services;
    if (!near || !far) throw new Error('there are not two instances');
    const former = await redis.master();
    const safe = load.changes.written.length;
    await load.untilWritten();
    const printed = jest.spyOn(console, 'error');
    for (const sentinel of redis.sentinels) await lock(sentinel, 'second');
    await lock(former, 'replica', ACCESS);
    await lock(former, 'watch', ACCESS);
    await redis.untilMasterIsNot(former);
    // The old one still calls itself master, and takes no writes: that is no contact.
    await untilState(far, FROM_MEMORY);
    expect(await askRedis(former, ['ROLE'], ACCESS)).toEqual(expect.arrayContaining(['master']));
    await insist(() => fleet.give('d3', near));
    await untilState(near, IN_CONTACT);
    await untilState(far, FROM_MEMORY);
    for (const sentinel of redis.sentinels) await unlock(sentinel, 'second');
    await fleet.untilExtra('d3', 200);
    await unlock(former, 'watch', ACCESS);
    await unlock(former, 'replica', ACCESS);
    // Sentinels that cannot be asked are no reason for ioredis to print anything.
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    await expectRecovered(former, safe);
  });
});

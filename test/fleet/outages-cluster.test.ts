import type { TestFleet } from '../support/fleet/fleet.js';
import { IN_CONTACT, startFleet } from '../support/fleet/fleet.js';
import type { FleetLoad } from '../support/fleet/fleet-load.js';
import { expectSound, startLoad } from '../support/fleet/fleet-load.js';
import { askRedis, until } from '../support/redis-ask.js';
import type { RedisCluster } from '../support/redis-cluster.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import type { RedisServer } from '../support/redis.js';

// Failovers of seconds each, on machines that may be busy.
jest.setTimeout(120_000);

/** Of the realm, as all its keys. */
const KEY = 'gatehouse:{default}:meta';

let redis: RedisCluster;
let fleet: TestFleet;
let load: FleetLoad;
beforeAll(async () => {
  redis = await startRedisCluster();
  fleet = await startFleet([redis.url, redis.url]);
});
afterAll(async () => {
  await fleet?.stop();
  await redis?.stop();
});
beforeEach(async () => {
  load = await startLoad(fleet);
});
afterEach(() => load?.stop());

/** How many changes are written that no failover can lose: those that the replica has as well. */
async function writtenForGood(master: RedisServer): Promise<number> {
  const written = load.changes.written.length;
  const offsets = async (): Promise<readonly number[]> => {
    const info = String(await askRedis(master, ['INFO', 'replication']));
    return [/^slave0:.*offset=(\d+)/m, /^master_repl_offset:(\d+)/m].map((at) => Number(at.exec(info)?.[1]));
  };
  const [, offset = Number.NaN] = await offsets();
  await until('a replica that has all of it', offsets, ([replica = 0]) => replica >= offset);
  return written;
}

async function expectRecovered(former: RedisServer, safe: number): Promise<void> {
  await until(
    'the old master as a replica',
    () => askRedis(former, ['ROLE']),
    (role) => Array.isArray(role) && role[0] === 'slave' && role[3] === 'connected',
  );
  await load.untilWritten();
  await fleet.untilAll(IN_CONTACT);
  await load.untilAskedAll();
  expect(load.brokers.records.filter(({ status }) => status === 503)).toEqual([]);
  await expectSound(fleet, load, safe);
}

describe('two instances on a Redis cluster', () => {
  it('follow to the replica when the master of the realm is killed', async () => {
    const former = await redis.masterOf(KEY);
    const safe = await writtenForGood(former);
    await load.untilWritten();
    await former.signal('SIGKILL');
    await redis.untilMasterIsNot(former, KEY);
    await load.untilWritten();
    await former.restart();
    await expectRecovered(former, safe);
  });

  it('follow to the replica when the master of the realm hangs', async () => {
    const former = await redis.masterOf(KEY);
    await fleet.give('d1');
    await fleet.untilExtra('d1', 200);
    const safe = await writtenForGood(former);
    await load.untilWritten();
    await former.signal('SIGSTOP');
    await redis.untilMasterIsNot(former, KEY);
    await load.untilWritten();
    await fleet.take('d1');
    await former.signal('SIGCONT');
    await fleet.untilExtra('d1', 403);
    await expectRecovered(former, safe);
  });
});

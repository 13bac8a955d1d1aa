import type { TestFleet } from '../support/fleet/fleet.js';
import {
  extraCheck,
  FROM_MEMORY,
  IN_CONTACT,
  startFleet,
  UNDECIDED,
  untilState,
} from '../support/fleet/fleet.js';
import type { FleetLoad } from '../support/fleet/fleet-load.js';
import { expectSound, startLoad } from '../support/fleet/fleet-load.js';
import type { CheckRecord } from '../support/fleet/simulated-brokers.js';
import { check } from '../support/http/call.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import type { TestService } from '../support/service.js';

// Several outages of seconds each, on machines that may be busy.
jest.setTimeout(120_000);

let redis: RedisServer;
let proxy: TcpProxy;
let fleet: TestFleet;
let load: FleetLoad;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startTcpProxy(redis.port);
});
afterAll(async () => {
  await proxy?.stop();
  await redis?.stop();
});
afterEach(async () => {
  proxy.resume();
  await load?.stop();
  await fleet?.stop();
});

/** One that reaches Redis, and one that does so through the proxy. */
async function start(maxStalenessMs: number): Promise<readonly [TestService, TestService]> {
  fleet = await startFleet([redis.url, `redis://127.0.0.1:${proxy.port}`], maxStalenessMs);
  load = await startLoad(fleet);
  const [near, far] = fleet.services;
  if (!near || !far) throw new Error('there are not two instances');
  return [near, far];
}

const askedOf = ({ url }: TestService, isAsked: (record: CheckRecord) => boolean): readonly CheckRecord[] =>
  load.brokers.records.filter((record) => record.url === url && isAsked(record));

const { path, fields } = extraCheck('d1');
const isExtra = ({ check }: CheckRecord): boolean =>
  check.fields['username'] === 'd1' && check.fields['topic'] === 'extra';

describe('an instance that is cut off from Redis, beside one that is not', () => {
  const cuts: readonly (readonly [string, () => void])[] = [
    ['by silence', () => proxy.stall()],
    ['by answers that do not come', () => proxy.swallow('toClient')],
    [
      'by closed connections',
      () => {
        proxy.refuseNew();
        proxy.cutAll();
      },
    ],
  ];

  it.each(cuts)('decides from memory, %s, and by the newest state afterwards', async (_how, cut) => {
    const [near, far] = await start(300_000);
    await fleet.give('d1', near);
    await fleet.untilExtra('d1', 200);
    cut();
    await untilState(far, FROM_MEMORY);
    await fleet.take('d1', near);
    const takenAt = performance.now();
    await load.untilAskedAll();
    const statuses = (service: TestService, isAsked: (record: CheckRecord) => boolean): ReadonlySet<number> =>
      new Set(
        askedOf(service, (each) => each.startedAt > takenAt && isAsked(each)).map(({ status }) => status),
      );
    expect(statuses(far, () => true)).toEqual(new Set([200, 403]));
    // The one has heard of it, the other cannot have.
    expect(statuses(near, isExtra)).toEqual(new Set([403]));
    expect(statuses(far, isExtra)).toEqual(new Set([200]));
    proxy.resume();
    await fleet.untilAll(IN_CONTACT);
    for (const { url } of fleet.services) expect((await check(url, path, fields)).status).toBe(403);
    await load.untilWritten();
    await expectSound(fleet, load);
    expect(load.brokers.records.filter(({ status }) => status === 503)).toEqual([]);
  });

  it('is undecided about everything once it has been so for too long, and until it is not', async () => {
    const maxStalenessMs = 3_000;
    const [near, far] = await start(maxStalenessMs);
    await fleet.give('d1', near);
    await fleet.untilExtra('d1', 200);
    proxy.stall();
    const cutAt = performance.now();
    await fleet.take('d1', near);
    await untilState(far, UNDECIDED);
    const undecidedAt = performance.now();
    await load.untilAskedAll();
    const endedAt = performance.now();
    proxy.resume();
    await fleet.untilAll(IN_CONTACT);
    await fleet.untilExtra('d1', 403);
    await load.untilAskedAll();
    await load.untilWritten();
    await expectSound(fleet, load);
    const meanwhile = askedOf(far, (each) => each.startedAt > undecidedAt && each.endedAt < endedAt);
    expect(new Set(meanwhile.map(({ check: { fields } }) => fields['acc'] ?? 'login'))).toEqual(
      new Set(['login', 1, 2, 4]),
    );
    expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([503]));
    // The right that was taken away is gone at the latest when the promise ends, and for good.
    const allowed = askedOf(far, (each) => isExtra(each) && each.status === 200);
    expect(allowed.filter(({ startedAt }) => startedAt > cutAt + maxStalenessMs)).toEqual([]);
  });
});

describe('two instances of which Redis is away for too long', () => {
  it('are undecided about everything, and decide again when it is back', async () => {
    const services = await start(2_500);
    await redis.signal('SIGSTOP');
    await fleet.untilAll(UNDECIDED);
    const undecidedAt = performance.now();
    await load.untilAskedAll();
    const endedAt = performance.now();
    await redis.signal('SIGCONT');
    await fleet.untilAll(IN_CONTACT);
    await load.untilAskedAll();
    await load.untilWritten();
    await expectSound(fleet, load);
    for (const service of services) {
      const meanwhile = askedOf(service, (each) => each.startedAt > undecidedAt && each.endedAt < endedAt);
      expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([503]));
    }
  });
});

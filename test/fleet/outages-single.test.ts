import { randomUUID } from 'node:crypto';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestFleet } from '../support/fleet/fleet.js';
import { contactLines, FROM_MEMORY, IN_CONTACT, startFleet } from '../support/fleet/fleet.js';
import type { FleetLoad } from '../support/fleet/fleet-load.js';
import { expectSound, startLoad } from '../support/fleet/fleet-load.js';
import { ask } from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { askRedis, until } from '../support/redis-ask.js';

// Several outages of seconds each, on machines that may be busy.
jest.setTimeout(120_000);

let redis: RedisServer;
let fleet: TestFleet;
let load: FleetLoad;
beforeAll(async () => {
  redis = await startRedis(['--appendonly', 'yes']);
  fleet = await startFleet([redis.url, redis.url]);
});
afterAll(async () => {
  await fleet?.stop();
  await redis?.stop();
});

/** How many lines each instance has written about contact. */
const linesSoFar = (): readonly number[] => fleet.services.map((service) => contactLines(service).length);

let before: readonly number[];
beforeEach(async () => {
  load = await startLoad(fleet);
  before = linesSoFar();
});
afterEach(() => load.stop());

function expectLines(...lines: readonly string[]): void {
  for (const [i, service] of fleet.services.entries())
    expect(contactLines(service).slice(before[i])).toEqual(lines);
}

/** Redis is away: every check is decided from memory, and no change is taken. */
async function expectFromMemory(): Promise<void> {
  await fleet.untilAll(FROM_MEMORY);
  await until('told', linesSoFar, (counts) => counts.every((count, i) => count > (before[i] ?? 0)));
  await load.untilAskedAll();
  const [first] = fleet.services;
  if (!first) throw new Error('there is no instance');
  expect((await ask(first, '/status')).status).toBe(200);
}

async function expectRecovered(): Promise<void> {
  await fleet.untilAll(IN_CONTACT);
  await load.untilWritten();
  await load.untilAskedAll();
  // Nothing was undecided: the promise is minutes.
  expect(load.brokers.records.filter(({ status }) => status === 503)).toEqual([]);
  await expectSound(fleet, load);
}

/** A change is answered 503, in the end for that reason. */
async function expectRefused(reason: RegExp): Promise<void> {
  const before = load.changes.refused.length;
  for (const service of fleet.services) {
    const attempt = (): Promise<Answer> =>
      ask(service, '/commands', {
        method: 'POST',
        body: { commands: [{ command: 'modifyClient', username: 'd3', textname: randomUUID() }] },
      });
    const { text } = await until(
      'a refusal',
      attempt,
      ({ status, text }) => status === 503 && reason.test(text),
    );
    expect(JSON.parse(text)).toEqual({ ok: false, error: expect.any(String) as string });
  }
  await until(
    'refused changes',
    () => load.changes.refused.length - before,
    (count) => count >= 4,
  );
}

describe('two instances on one Redis', () => {
  it('decide from memory while it is dead, and go on when it is started again', async () => {
    await redis.signal('SIGKILL');
    await expectFromMemory();
    await redis.restart();
    await expectRecovered();
    expectLines('lost', 'found');
  });

  it('decide from memory while it hangs, and go on when it does', async () => {
    await redis.signal('SIGSTOP');
    await expectFromMemory();
    await redis.signal('SIGCONT');
    await expectRecovered();
    expectLines('lost', 'found');
  });

  it('stay in contact while it cannot save its data, and say that nothing is changed', async () => {
    const obstacle = join(redis.dir, 'dump.rdb');
    await mkdir(obstacle);
    await writeFile(join(obstacle, 'x'), '');
    await askRedis(redis, ['CONFIG', 'SET', 'save', '3600 1']);
    await askRedis(redis, ['BGSAVE']);
    await expectRefused(/MISCONF/);
    await load.untilAskedAll();
    await rm(obstacle, { recursive: true });
    await until(
      'a snapshot',
      () => askRedis(redis, ['SAVE']),
      (answer) => answer === 'OK',
    );
    await expectRecovered();
    expectLines();
    await askRedis(redis, ['CONFIG', 'SET', 'save', '']);
  });

  it('stay in contact while its memory is full, and say that nothing is changed', async () => {
    await askRedis(redis, ['CONFIG', 'SET', 'maxmemory', '1']);
    await expectRefused(/OOM/);
    await load.untilAskedAll();
    await askRedis(redis, ['CONFIG', 'SET', 'maxmemory', '0']);
    await expectRecovered();
    expectLines();
  });

  it('decide from memory and create nothing where it has lost the realm, until that is restored', async () => {
    const [data, saved] = [join(redis.dir, 'appendonlydir'), join(redis.dir, 'saved')];
    await redis.signal('SIGKILL');
    await cp(data, saved, { recursive: true });
    await rm(data, { recursive: true });
    await redis.restart();
    await expectRefused(/the realm is gone/);
    await expectFromMemory();
    expect(await askRedis(redis, ['EXISTS', 'gatehouse:{default}:meta'])).toBe(0);
    await redis.signal('SIGKILL');
    await rm(data, { recursive: true });
    await cp(saved, data, { recursive: true });
    await redis.restart();
    await expectRecovered();
  });
});

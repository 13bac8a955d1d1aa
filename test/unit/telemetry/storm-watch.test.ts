import type { CheckEvent } from '../../../src/gate/ports.js';
import { MemoryLog } from '../../support/http/memory-log.js';
import { Metrics } from '../../../src/telemetry/metrics.js';
import { StormTelemetry } from '../../../src/telemetry/storm-telemetry.js';
import type { Storm } from '../../../src/telemetry/storm-watch.js';
import { StormWatch } from '../../../src/telemetry/storm-watch.js';

const THRESHOLD = 10;

/** A watch whose clock the test holds. */
function setUp() {
  let [nowMs, remembered] = [5_000, 100];
  const storms: Storm[] = [];
  const watch = new StormWatch({
    loginsPerSecond: THRESHOLD,
    rememberedLogins: () => remembered,
    ended: (storm) => storms.push(storm),
    now: () => nowMs,
  });
  const login = (given: Partial<CheckEvent> = {}): void => {
    watch.observe({
      ...{ check: 'user', broker: '', outcome: 'allow', reason: 'authenticated', durationSeconds: 0.001 },
      ...{ subject: undefined, detail: undefined, decision: undefined },
      ...given,
    });
  };
  /** So many logins within one second, and the second after it begins. */
  const second = (logins: number, given?: Partial<CheckEvent>): void => {
    for (let i = 0; i < logins; i++) login(given);
    nowMs += 1_000;
    watch.turn();
  };
  const remember = (logins: number): void => void (remembered += logins);
  return { watch, storms, login, second, remember };
}

describe('the watch for storms', () => {
  it('sees none in ordinary times', () => {
    const { watch, storms, second } = setUp();
    for (let i = 0; i < 100; i++) second(THRESHOLD - 1);
    watch.close();
    expect(storms).toEqual([]);
    expect(watch.status()).toEqual({ current: null, recent: [] });
  });

  it('tells when it is over what it was: from its first busy second to its last', () => {
    const { watch, storms, second, remember } = setUp();
    remember(1_000);
    second(3);
    remember(15);
    second(20);
    second(2);
    remember(10);
    second(40, { outcome: 'deny' });
    expect(watch.status()).toMatchObject({ current: { logins: 62, peakPerSecond: 40 } });
    remember(500);
    for (let i = 0; i < 9; i++) second(5, { outcome: 'undecided' });
    expect(storms).toEqual([]);
    second(0);
    expect(storms).toEqual([
      {
        startedAt: expect.any(Date),
        durationSeconds: 3,
        ...{ logins: 62, allowed: 22, denied: 40, undecided: 0, peakPerSecond: 40 },
        rememberedShare: 25 / 62,
        p99Seconds: expect.any(Number),
      },
    ]);
    expect(watch.status()).toEqual({ current: null, recent: storms });
  });

  it('goes on when devices come back a little later', () => {
    const { storms, second } = setUp();
    second(20);
    for (let i = 0; i < 9; i++) second(1);
    second(20, { outcome: 'undecided' });
    for (let i = 0; i < 10; i++) second(0);
    expect(storms).toMatchObject([{ durationSeconds: 11, logins: 49, allowed: 29, undecided: 20 }]);
  });

  it('knows how long the slowest of a hundred took', () => {
    const { watch, storms, second } = setUp();
    second(985);
    second(15, { durationSeconds: 2 });
    watch.close();
    expect(storms[0]?.p99Seconds).toBeGreaterThan(1.9);
    expect(storms[0]?.p99Seconds).toBeLessThan(2.1);
  });

  it('counts logins that were answered, and nothing else', () => {
    const { watch, storms, second } = setUp();
    second(100, { check: 'acl' });
    second(100, { check: 'superuser' });
    second(100, { outcome: 'refused' });
    watch.close();
    expect(storms).toEqual([]);
  });

  it('tells a storm that is not over when it is closed, and keeps ten of them', () => {
    const { watch, storms, second } = setUp();
    for (let i = 1; i <= 12; i++) {
      second(20 + i);
      for (let quiet = 0; quiet < 10; quiet++) second(0);
    }
    second(99);
    watch.close();
    expect(storms).toHaveLength(13);
    expect(watch.recent.map(({ logins }) => logins)).toEqual([99, 32, 31, 30, 29, 28, 27, 26, 25, 24]);
  });
});

describe('what is told of storms', () => {
  it('is one line of the log, and metrics', async () => {
    const log = new MemoryLog('info');
    const metrics = new Metrics();
    const telemetry = new StormTelemetry(metrics.registry, log.logger);
    const { watch, second } = setUp();
    telemetry.watch(watch);
    expect(await metrics.metrics()).toContain('gatehouse_storm_active 0\n');
    second(20);
    expect(await metrics.metrics()).toContain('gatehouse_storm_active 1\n');
    telemetry.ended({
      startedAt: new Date(1_000_000),
      ...{ durationSeconds: 3, logins: 60, allowed: 50, denied: 4, undecided: 6, peakPerSecond: 40 },
      ...{ rememberedShare: 0.5, p99Seconds: 0.25 },
    });
    expect(log.lines()).toMatchObject([
      { msg: 'reconnect storm', startedAt: '1970-01-01T00:16:40.000Z', logins: 60, rememberedShare: 0.5 },
    ]);
    const lines = (await metrics.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'gatehouse_storms_total 1',
        'gatehouse_storm_last_start_timestamp_seconds 1000',
        'gatehouse_storm_last_duration_seconds 3',
        'gatehouse_storm_last_logins 60',
        'gatehouse_storm_last_remembered_ratio 0.5',
        'gatehouse_storm_last_p99_seconds 0.25',
      ]),
    );
    watch.close();
  });
});

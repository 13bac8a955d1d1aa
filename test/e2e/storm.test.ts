import { allowAll } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { NOT_AUTHORIZED } from '../support/e2e/mqtt-clients.js';
import { startSites, statusOf, sumOf, tellSite, type Site, type Sites } from '../support/e2e/sites.js';
import { SteadfastDevice } from '../support/e2e/steadfast-device.js';
import { askRedis } from '../support/redis-ask.js';

const COUNT = 200;
const NAMES = Array.from({ length: COUNT }, (_, i) => `device-${String(i)}`);
const DISABLED = 'device-7';
const PASSWORD = 'of every device';
/** Hundreds of devices, two brokers and two instances, on two cores that others use. */
const BACK_MS = 60_000;

interface Storm {
  readonly logins: number;
}

const lookups = (result: string): string => `gatehouse_shared_credential_lookups_total{result="${result}"}`;

/** The samples of one instance that say what logins have cost. */
async function costOf(site: Site): Promise<Record<'comparisons' | 'hits' | 'misses' | 'failures', number>> {
  const [comparisons, hits, misses, failures] = await Promise.all([
    sumOf(site, 'gatehouse_hash_duration_seconds_count{kind="compare"}'),
    ...['hit', 'miss', 'failure'].map((result) => sumOf(site, lookups(result))),
  ]);
  return { comparisons, hits: hits ?? 0, misses: misses ?? 0, failures: failures ?? 0 };
}

describe('a restart of all brokers and instances at once', () => {
  let sites: Sites;
  let devices: readonly SteadfastDevice[];
  let costs: readonly Awaited<ReturnType<typeof costOf>>[];
  let out: readonly SteadfastDevice[];

  beforeAll(async () => {
    sites = await startSites({
      count: 2,
      document: {
        clients: NAMES.map((username) => ({ username, password: PASSWORD, roles: ['device'] })),
        roles: { device: allowAll('devices/%c/#') },
      },
      env: {
        GATEHOUSE_CREDENTIAL_KEY: 'a-key-that-both-instances-of-the-test-have',
        GATEHOUSE_STORM_LOGINS: '1',
      },
    });
    const ports = sites.all().map(({ broker }) => broker.port);
    devices = NAMES.map((username, i) => {
      return new SteadfastDevice({ port: ports[i % ports.length] ?? 0, username, password: PASSWORD });
    });
    const isOut = ({ isIn }: SteadfastDevice): boolean => !isIn;
    await eventually(
      () => devices.filter(isOut).length,
      (count) => count === 0,
      BACK_MS,
    );
    await eventually(
      () => askRedis(sites.redis, ['EVAL', "return #redis.call('keys', 'gatehouse:verified:*')", 0]),
      (count) => count === COUNT,
    );
    const [first] = sites.all();
    if (!first) throw new Error('there is no instance');
    await tellSite(first, { command: 'disableClient', username: DISABLED });
    for (const device of devices) device.forget();

    await sites.restart();
    const isLost = (device: SteadfastDevice): boolean => isOut(device) && device.refusal === undefined;
    await eventually(
      () => devices.filter(isLost).length,
      (count) => count === 0,
      BACK_MS,
    );
    out = devices.filter(isOut);
    costs = await Promise.all(sites.all().map(costOf));
  }, 3 * BACK_MS);

  afterAll(async () => {
    await Promise.all(devices.map((device) => device.close()));
    await sites.stop();
  });

  it('brings every device back to its subscription, but the one that was disabled meanwhile', () => {
    expect(out.map(({ username, refusal }) => ({ username, refusal }))).toEqual([
      { username: DISABLED, refusal: NOT_AUTHORIZED },
    ]);
  });

  it('costs no hash of a password, for all who are let in are remembered in Redis', () => {
    const sum = (name: keyof (typeof costs)[number]): number =>
      costs.reduce((total, cost) => total + cost[name], 0);
    // Who is disabled is refused by a comparison that takes as long as any. A Redis that does not answer within
    // 200 ms, on a machine that is busy enough, costs one too.
    expect(sum('misses')).toBe(1);
    expect(sum('hits')).toBeGreaterThanOrEqual(COUNT - 1 - sum('failures'));
    expect(sum('comparisons')).toBeLessThanOrEqual(1 + sum('failures'));
  });

  it('is one line in the log of each instance', async () => {
    const all = sites.all();
    for (const site of all) {
      // A second counts when it is over.
      const logins = await sumOf(site, 'gatehouse_checks_total{check="user"');
      await eventually(
        () => stormLogins(site),
        (counted) => counted >= logins,
      );
    }
    await Promise.all(all.map(({ instance }) => instance.stop()));
    const lines = all.map(({ instance }) => stormLines(instance.output()));
    expect(lines).toEqual([[expect.anything()], [expect.anything()]]);
    const allowed = lines.flat().reduce((sum, line) => sum + Number(line['allowed']), 0);
    expect(allowed).toBeGreaterThanOrEqual(COUNT - 1);
  });
});

async function stormLogins(site: Site): Promise<number> {
  const { storms } = (await statusOf(site)) as { readonly storms: { readonly current: Storm | null } };
  return storms.current?.logins ?? 0;
}

function stormLines(output: string): readonly Record<string, unknown>[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'reconnect storm');
}

/** A fleet under the load of brokers and of an administrator, and what has to be true of it whatever happens to Redis. */
import { eventually } from '../e2e/eventually.js';
import { ADMIN_TOKEN } from '../http/management.js';
import { clientsOf, FLEET_CHECKS, type TestFleet } from './fleet.js';
import type { SimulatedBrokers } from './simulated-brokers.js';
import { startBrokers } from './simulated-brokers.js';
import type { SteadyChanges } from './steady-changes.js';
import { startChanges } from './steady-changes.js';

/** Load that goes on. */
export interface FleetLoad {
  readonly brokers: SimulatedBrokers;
  readonly changes: SteadyChanges;
  /** Waits until every instance has answered each check once more. */
  untilAskedAll(): Promise<void>;
  /** Waits until a change that was sent after this has been written, on behalf of every instance. */
  untilWritten(): Promise<void>;
  stop(): Promise<void>;
}

let begun = 0;

/** Begins, and waits until everything has been asked and changes are written. */
export async function startLoad({ services }: TestFleet): Promise<FleetLoad> {
  const urls = services.map(({ url }) => url);
  const brokers = startBrokers({ urls, checks: FLEET_CHECKS });
  const changes = startChanges(urls, `load${String(++begun)}-`, ADMIN_TOKEN);
  const load: FleetLoad = {
    brokers,
    changes,
    untilAskedAll: () => brokers.untilAnswered(FLEET_CHECKS.length),
    untilWritten: async () => {
      // Of two that are in a row by the same instance, the second one was sent after this.
      const enough = changes.written.length + 2 * urls.length;
      await eventually(
        () => changes.written.length,
        (count) => count >= enough,
        40_000,
      );
    },
    stop: async () => {
      await Promise.all([brokers.stop(), changes.stop()]);
    },
  };
  await load.untilAskedAll();
  await load.untilWritten();
  return load;
}

/**
 * Ends the load, and checks that no check was answered wrongly, that nothing is called a defect, and that of the changes
 * those are there that were answered as written, and none that was answered as refused.
 * @param safe how many of the written ones cannot have been lost; all, unless a failover lost some.
 */
export async function expectSound(
  { services }: TestFleet,
  { brokers, changes, stop }: FleetLoad,
  safe = Number.POSITIVE_INFINITY,
): Promise<void> {
  await stop();
  expect(brokers.wrong()).toEqual([]);
  expect(changes.odd).toEqual([]);
  for (const service of services) {
    const missing = (names: ReadonlySet<string>): readonly string[] =>
      changes.written.slice(0, safe).filter((name) => !names.has(name));
    // The last ones may be on their way.
    await eventually(
      async () => missing(await clientsOf(service)),
      ({ length }) => length === 0,
    );
    const names = await clientsOf(service);
    expect(changes.refused.filter((name) => names.has(name))).toEqual([]);
    expect(service.log.lines().filter(({ msg }) => String(msg).startsWith('a defect'))).toEqual([]);
  }
  await expectSame(services);
}

async function expectSame(services: TestFleet['services']): Promise<void> {
  const namesOfAll = async (): Promise<readonly string[]> =>
    Promise.all(services.map(async (service) => [...(await clientsOf(service))].sort().join(' ')));
  await eventually(namesOfAll, ([first, ...others]) => others.every((other) => other === first));
}

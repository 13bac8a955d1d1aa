import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeLog, RealmInstance, StatusSource } from '../gate/ports.js';

/** A realm that several instances serve, as far as it is told of. */
export interface ServedFleet {
  instances(): Promise<readonly RealmInstance[]>;
  /** @throws UndecidedError while there is no state. */
  readonly changes: Pick<ChangeLog, 'after'>;
}

/** A status waits no longer for any section, in ms. */
const WITHIN_MS = 900;

/** The instances of a realm, as a status page shows them: those that were heard of, each with its lag. */
export function createFleetStatus(fleet: ServedFleet): StatusSource {
  return {
    name: 'instances',
    status: async () => {
      try {
        const instances = await Promise.race([
          fleet.instances(),
          sleep(WITHIN_MS, undefined, { ref: false }),
        ]);
        if (!instances) return { instances: [], problem: 'the instances are not told of in time' };
        return {
          instances: instances.map((instance) => ({ ...instance, lagSeconds: lagOf(fleet, instance) })),
        };
      } catch (error) {
        return { instances: [], problem: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** For how long there has been a change that an instance does not enforce; null: what it enforces is not known here. */
function lagOf({ changes }: ServedFleet, { revision }: RealmInstance): number | null {
  const missed = changes.after(revision, 1);
  if (!missed) return null;
  const [first] = missed;
  return first ? Math.max(0, Date.now() - Date.parse(first.at)) / 1_000 : 0;
}

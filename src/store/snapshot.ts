import type { Configuration } from '../dynsec/entities.js';
import type { Policy } from '../dynsec/policy.js';
import type { Snapshot } from '../gate/ports.js';

/** A snapshot of a configuration that is wholly in memory. */
export function createSnapshot(configuration: Configuration, policy: Policy, revision: string): Snapshot {
  return { policy, revision, client: (username) => configuration.clients.get(username) };
}

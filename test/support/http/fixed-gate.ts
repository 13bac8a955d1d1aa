/** A real gate over a document that never changes. */
import { createDecoys } from '../../../src/credentials/decoys.js';
import { HashPool, type HashPoolOptions } from '../../../src/credentials/hash-pool.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import { compilePolicy } from '../../../src/dynsec/policy.js';
import { createGate, type Gate } from '../../../src/gate/gate.js';
import type { HealthSource, Snapshot } from '../../../src/gate/ports.js';
import { HASH_WORKER_FILE } from '../hash-worker-file.js';

/** A gate and what it is made of. */
export interface FixedGate {
  readonly gate: Gate;
  readonly health: HealthSource;
  readonly pool: HashPool;
}

/** A pool of hash threads that is never short of anything unless told otherwise. */
export function createTestPool(options: Partial<HashPoolOptions> = {}): HashPool {
  const decoys = createDecoys([], { form: 'pbkdf2-sha512', cost: 1_000 });
  return new HashPool({ workerFile: HASH_WORKER_FILE, decoys, threads: 1, deadlineMs: 15_000, ...options });
}

/** Makes a gate that decides by this document; whoever made it closes its pool. */
export function createFixedGate(document: string, pool = createTestPool()): FixedGate {
  const { configuration } = parseConfiguration(JSON.parse(document));
  if (!configuration) throw new TypeError('the document of the test is not taken');
  const options = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;
  const snapshot: Snapshot = {
    policy: compilePolicy(configuration, options),
    revision: 'of the test',
    client: (username) => configuration.clients.get(username),
  };
  const health: HealthSource = {
    health: () => ({ ready: true, policy: { state: 'current', revision: snapshot.revision } }),
  };
  return { gate: createGate({ snapshot: () => snapshot }, pool), health, pool };
}

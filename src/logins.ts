/**
 * What logins go through: the memory of verified ones, the budgets, the hash threads, and the replacement of weak
 * hashes.
 */
import type { ServeConfig } from './config/serve-config.js';
import type { Credential } from './credentials/credential.js';
import { HashBudget } from './credentials/hash-budget.js';
import type { HashPool } from './credentials/hash-pool.js';
import { PoolHasher } from './credentials/password-hashing.js';
import { RehashQueue } from './credentials/rehash-queue.js';
import { RememberingVerifier } from './credentials/remembering-verifier.js';
import { SharedMemory } from './credentials/shared-memory.js';
import { createEndedLogins } from './gate/ended-logins.js';
import { createRehash } from './gate/rehash.js';
import type {
  CacheSource,
  Change,
  PasswordVerifier,
  RealmStore,
  SharedCredentials,
  StatusSource,
} from './gate/ports.js';
import { boundHashQueue } from './instance.js';
import type { Logger } from './telemetry/log.js';
import type { Metrics } from './telemetry/metrics.js';

/** What logins need from the service. */
export interface LoginParts {
  readonly pool: HashPool;
  readonly store: RealmStore;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Absent: there is nothing that instances share. */
  readonly shared?: SharedCredentials;
}

/** How passwords are verified, and what is told of it. */
export interface Logins {
  readonly verifier: PasswordVerifier;
  readonly caches: readonly CacheSource[];
  readonly sources: readonly StatusSource[];
  /** How many logins needed no comparison since the start. */
  readonly rememberedLogins: () => number;
  /** Has to be told of every change of the realm. */
  readonly forgetEnded: (change: Change) => void;
  readonly close: () => void;
}

/** Puts them together. */
export function createLogins(config: ServeConfig, parts: LoginParts): Logins {
  const { pool, metrics } = parts;
  const shared = createSharedMemory(config, parts);
  const rehashing = config.rehash
    ? createRehashQueue(config, parts, (credential) => verifier.remember(credential))
    : undefined;
  const verifier = new RememberingVerifier({
    verifier: boundHashQueue(config, pool),
    budget: new HashBudget({
      overall: config.hashBudget,
      perUsername: config.hashBudgetUsername,
      observer: metrics.credentials,
    }),
    ttlMs: config.credentialTtlMs,
    maxEntries: config.credentialsHeld,
    ...(shared ? { shared } : {}),
    ...(rehashing ? { onCorrect: (credential) => rehashing.offer(credential) } : {}),
  });
  pool.setLateListener((credential, verdict) => verifier.learnLate(credential, verdict));
  const endedLogins = createEndedLogins(parts.store);
  return {
    verifier,
    caches: verifier.caches,
    sources: shared ? [shared] : [],
    rememberedLogins: () => verifier.rememberedLogins,
    forgetEnded: (change) => {
      verifier.forget(endedLogins(change));
    },
    close: () => rehashing?.close(),
  };
}

function createSharedMemory(config: ServeConfig, parts: LoginParts): SharedMemory | undefined {
  const { shared: credentials, metrics, log } = parts;
  const [first, ...others] = config.credentialKeys;
  if (first === undefined || config.credentialTtlMs === 0) return undefined;
  if (!credentials) {
    log.warn('GATEHOUSE_CREDENTIAL_KEY is of no use without Redis: logins are remembered in memory alone');
    return undefined;
  }
  return new SharedMemory({
    credentials,
    keys: [first, ...others],
    realm: config.redis?.realm ?? '',
    ttlMs: config.credentialTtlMs,
    observer: metrics.credentials,
  });
}

function createRehashQueue(
  config: ServeConfig,
  { pool, store, metrics, log }: LoginParts,
  onReplaced: (credential: Credential) => void,
): RehashQueue {
  return new RehashQueue({
    recipe: config.passwordHash,
    isIdle: () => pool.isIdle,
    rehash: createRehash({ store, hasher: new PoolHasher(pool, config.passwordHash) }),
    onReplaced,
    onError: (error) => log.warn({ err: error }, 'a weak password hash could not be replaced'),
    observer: metrics.credentials,
  });
}

/**
 * What watches over one instance, beside the realm that it serves: caches of decisions, load, storms, and what all of
 * these tell.
 */
import { availableParallelism } from 'node:os';
import { DecisionCache } from './cache/decision-cache.js';
import type { ServeConfig } from './config/serve-config.js';
import type { HashPool } from './credentials/hash-pool.js';
import { addCounts } from './gate/add-counts.js';
import { createInstance } from './gate/instance.js';
import type { Instance } from './gate/instance.js';
import type {
  CacheSource,
  CheckObserver,
  HealthSource,
  PasswordVerifier,
  PolicyStore,
  StatusSource,
  Workers,
} from './gate/ports.js';
import type { Checks } from './gate/shed-load.js';
import { shedHashing, shedLoad } from './gate/shed-load.js';
import { registerCacheMetrics } from './telemetry/cache-metrics.js';
import { EventLoopLoad } from './telemetry/event-loop-load.js';
import { FailingLogins } from './telemetry/failing-logins.js';
import { registerLoadMetrics } from './telemetry/load-metrics.js';
import type { Logger } from './telemetry/log.js';
import type { Metrics } from './telemetry/metrics.js';
import { StormTelemetry } from './telemetry/storm-telemetry.js';
import { StormWatch } from './telemetry/storm-watch.js';

/** What the watch needs from the service. */
export interface WatchParts {
  readonly version: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly pool: HashPool;
  readonly health: HealthSource;
  /** Caches beside that of decisions. */
  readonly caches: readonly CacheSource[];
  /** Further sections of the status. */
  readonly sources: readonly StatusSource[];
  /** How many logins needed no hash since the start. */
  readonly rememberedLogins: () => number;
  /** Absent: this process is all there is. */
  readonly workers?: Workers;
}

/** One instance under watch. */
export interface WatchedInstance {
  readonly instance: Instance;
  /** Has to be told of every check. */
  readonly observers: readonly CheckObserver[];
  /** The checks as brokers get them: from memory where that is wanted, and given up under load. */
  readonly protect: (checks: Checks, store: PolicyStore) => Checks;
  readonly close: () => void;
}

/** What a hash takes with the default form, for the default of the queue. */
const HASH_MS = 40;

/** One for each core unless told otherwise; where several processes serve, this one's share of them. */
export function hashThreadsOf({ hashThreads, workers }: ServeConfig): number {
  const cores = availableParallelism();
  return hashThreads ?? Math.max(1, Math.floor(cores / (workers ?? cores)));
}

/** A verifier whose queue is no longer than what is computed before the deadline; below the memory of logins. */
export function boundHashQueue(config: ServeConfig, pool: HashPool): PasswordVerifier {
  const { hashDeadlineMs, shedHashQueue } = config;
  const inTime = Math.max(1, Math.round((hashThreadsOf(config) * hashDeadlineMs) / HASH_MS));
  return shedHashing(pool, pool, shedHashQueue ?? inTime);
}

/** Makes the watch; it measures until it is closed. */
export function watchInstance(config: ServeConfig, parts: WatchParts): WatchedInstance {
  const { metrics, log, pool, rememberedLogins, workers } = parts;
  const decisions = config.decisionCache === 0 ? undefined : new DecisionCache(config.decisionCache);
  const caches = [...(decisions ? [decisions] : []), ...parts.caches];
  const load = new EventLoopLoad({
    loginsMs: config.shedLoginsLagMs,
    everythingMs: config.shedChecksLagMs,
  });
  const telemetry = new StormTelemetry(metrics.registry, log);
  const ended = telemetry.ended.bind(telemetry);
  const storms = new StormWatch({ loginsPerSecond: config.stormLogins, rememberedLogins, ended });
  telemetry.watch(storms);
  const failures = new FailingLogins();
  registerCacheMetrics(metrics.registry, caches);
  registerLoadMetrics(metrics.registry, load, pool);
  const sources = [instanceSource(parts), hashingSource(pool), load, storms, failures, ...parts.sources];
  return {
    instance: createInstance({ caches, sources, ...(workers ? { workers } : {}) }),
    observers: [storms, failures],
    protect: (checks, store) => {
      const authorize = decisions?.decorate(store, checks.authorize) ?? checks.authorize;
      return shedLoad({ ...checks, authorize }, load);
    },
    close: () => {
      storms.close();
      load.close();
    },
  };
}

function instanceSource({ version, health }: WatchParts): StatusSource {
  const startedAt = new Date(Date.now() - process.uptime() * 1_000);
  return {
    name: 'instance',
    status: () => ({
      version,
      startedAt,
      uptimeSeconds: Math.floor(process.uptime()),
      ...health.health(),
    }),
  };
}

function hashingSource(pool: HashPool): StatusSource {
  return {
    name: 'hashing',
    status: () => ({ waiting: pool.waiting, running: pool.running }),
    sum: addCounts<'waiting' | 'running'>,
  };
}

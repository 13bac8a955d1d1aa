import { Counter, Gauge, Histogram } from 'prom-client';
import { escapeControls } from '../dynsec/escape-controls.js';
import type { Snapshot, StatusSource } from '../gate/ports.js';
import type { ServedFleet } from './fleet-status.js';
import { createFleetStatus } from './fleet-status.js';
import type { Logger } from './log.js';
import type { Metrics, RealmContents } from './metrics.js';
import { PolicyTelemetry } from './policy-telemetry.js';

/** A realm that is followed, as far as it is told of. */
export interface FollowedState {
  readonly revision: string;
  readonly sizes: { readonly clients: number; readonly groups: number; readonly roles: number };
  snapshot(): Snapshot;
  readonly contents: RealmContents;
}

/** A store that follows a realm, as far as it is told of. */
export interface FollowingStore extends ServedFleet {
  /** Infinity: there was never any. */
  readonly contactAgeMs: number;
  readonly heldClients: number;
}

/** A commit that is over. */
export interface CommitEvent {
  readonly outcome: 'written' | 'conflict' | 'failed';
  readonly durationSeconds: number;
}

/** One line for so many clients while a realm is read, and a file is not filled with damaged ones. */
const READ_LOGGED_EVERY = 50_000;
const DAMAGES_LOGGED = 20;
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Writes down how a realm in Redis is followed, and measures it. */
export class RedisTelemetry {
  readonly #policy: PolicyTelemetry;
  #logged = 0;
  #damages = 0;
  readonly #contact;
  readonly #lag;
  readonly #commits;
  #age: () => number = () => Number.POSITIVE_INFINITY;
  #held: () => number = () => 0;

  constructor(
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {
    this.#policy = new PolicyTelemetry(metrics, log);
    const registers = [metrics.registry];
    this.#contact = new Gauge({
      name: 'gatehouse_redis_contact',
      aggregator: 'min',
      help: '1 while Redis answers how far the realm is.',
      registers,
    });
    this.#contact.set(0);
    this.#lag = new Histogram({
      name: 'gatehouse_redis_lag_seconds',
      help: 'Time from the writing of a change in Redis until it is in force here.',
      buckets: SECONDS,
      registers,
    });
    this.#commits = new Histogram({
      name: 'gatehouse_redis_commit_seconds',
      help: 'Time that Redis takes for one attempt at a change, by what became of it.',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#conflicts = new Counter({
      name: 'gatehouse_redis_conflicts_total',
      help: 'Changes that were made again, because another instance was faster.',
      registers,
    });
    const [age, held] = [() => this.#age(), () => this.#held()];
    new Gauge({
      name: 'gatehouse_redis_contact_age_seconds',
      aggregator: 'max',
      help: 'Time since Redis last answered how far the realm is.',
      registers,
      collect() {
        this.set(age() / 1_000);
      },
    });
    new Gauge({
      name: 'gatehouse_clients_held',
      aggregator: 'max',
      help: 'How many clients are held in memory.',
      registers,
      collect() {
        this.set(held());
      },
    });
  }

  readonly #conflicts;

  /** Begins to measure. */
  watch(store: FollowingStore): void {
    this.#age = () => store.contactAgeMs;
    this.#held = () => store.heldClients;
  }

  /** What a status page shows: this instance's contact, and all instances of the realm. */
  sources(store: FollowingStore, instanceId: string): readonly StatusSource[] {
    return [
      {
        name: 'redis',
        status: () => ({
          instanceId,
          contactAgeSeconds: Number.isFinite(store.contactAgeMs) ? store.contactAgeMs / 1_000 : null,
          clientsHeld: store.heldClients,
        }),
      },
      createFleetStatus(store),
    ];
  }

  /** For the connections. */
  readonly connections = {
    connected: (role: string): void => {
      this.log.info({ connection: role }, 'connected to Redis');
    },
    lost: (role: string, reason: string): void => {
      this.log.warn({ connection: role, problem: escapeControls(reason) }, 'no connection to Redis');
    },
  };

  /** For the store. */
  readonly store = {
    restarted: (realm: FollowedState, durationMs: number): void => {
      [this.#logged, this.#damages] = [0, 0];
      const { revision, contents: configuration } = realm;
      this.#policy.loaded({ revision, configuration, warnings: [], durationMs });
    },
    advanced: (realm: FollowedState, lagMs: number): void => {
      this.metrics.policyAdvanced(realm.revision, realm.sizes);
      this.#lag.observe(Math.max(0, lagMs) / 1_000);
    },
    contact: (isThere: boolean, problem: string): void => {
      this.#contact.set(isThere ? 1 : 0);
      if (isThere) this.log.info('in contact with the realm in Redis');
      else this.log.warn({ problem: escapeControls(problem) }, 'no contact with the realm in Redis');
    },
    missing: (problem: string): void => {
      this.log.info(problem);
    },
    read: (clients: number, of: number): void => {
      if (clients - this.#logged < READ_LOGGED_EVERY) return;
      this.#logged = clients;
      this.log.info({ clients, of }, 'the realm is being read');
    },
    damaged: (problem: string): void => {
      this.#damages++;
      if (this.#damages > DAMAGES_LOGGED) return;
      this.log.error(
        { problem: escapeControls(problem) },
        'a record in Redis is damaged: its client is unknown',
      );
    },
    committed: ({ outcome, durationSeconds }: CommitEvent): void => {
      this.#commits.observe({ outcome }, durationSeconds);
      if (outcome === 'conflict') this.#conflicts.inc();
    },
  };
}

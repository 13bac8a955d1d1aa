import type { Registry } from 'prom-client';
import { Counter, Histogram } from 'prom-client';
import type { CredentialObserver, HashWork, RehashOutcome } from '../gate/ports.js';

/** From a hash of a hundred iterations to the most that a hash may cost, twice over on a slow machine. */
const DURATION_SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5];
const WAIT_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** What logins cost, as metrics; what is remembered is told of by the caches. */
export class CredentialMetrics implements CredentialObserver {
  readonly #lookups: Counter<'result'>;
  readonly #failedWrites: Counter;
  readonly #refusals: Counter<'budget'>;
  readonly #wait: Histogram<'kind'>;
  readonly #duration: Histogram<'kind'>;
  readonly #rehashes: Counter<'outcome'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#lookups = new Counter({
      name: 'gatehouse_shared_credential_lookups_total',
      help: 'Logins looked for in the memory that instances share, and what was found in time.',
      labelNames: ['result'],
      registers,
    });
    this.#failedWrites = new Counter({
      name: 'gatehouse_shared_credential_failed_writes_total',
      help: 'Verified logins that could not be written there.',
      registers,
    });
    this.#refusals = new Counter({
      name: 'gatehouse_hash_budget_refusals_total',
      help: 'Comparisons of passwords that were not made since too many had failed: of the user name, or of all.',
      labelNames: ['budget'],
      registers,
    });
    this.#wait = new Histogram({
      name: 'gatehouse_hash_wait_seconds',
      help: 'How long comparisons and new hashes waited for a thread.',
      labelNames: ['kind'],
      buckets: WAIT_SECONDS,
      registers,
    });
    this.#duration = new Histogram({
      name: 'gatehouse_hash_duration_seconds',
      help: 'How long they took then; the count is how many were computed.',
      labelNames: ['kind'],
      buckets: DURATION_SECONDS,
      registers,
    });
    this.#rehashes = new Counter({
      name: 'gatehouse_rehashes_total',
      help: 'Weak password hashes after a login, by what became of them.',
      labelNames: ['outcome'],
      registers,
    });
  }

  sharedLookup(result: 'hit' | 'miss' | 'failure'): void {
    this.#lookups.inc({ result });
  }

  sharedWriteFailed(): void {
    this.#failedWrites.inc();
  }

  budgetRefused(budget: 'username' | 'overall'): void {
    this.#refusals.inc({ budget });
  }

  hashed({ kind, waitSeconds, durationSeconds }: HashWork): void {
    this.#wait.observe({ kind }, waitSeconds);
    this.#duration.observe({ kind }, durationSeconds);
  }

  rehashed(outcome: RehashOutcome): void {
    this.#rehashes.inc({ outcome });
  }
}

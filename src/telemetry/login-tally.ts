import { createHistogram } from 'node:perf_hooks';
import type { CheckEvent } from '../gate/ports.js';

const MICROSECONDS = 1_000_000;
/** Longer than anybody waits. */
const MAX_SECONDS = 60;

/** Counts user checks and the time they take, in memory that does not grow. */
export class LoginTally {
  readonly #durations = createHistogram({ lowest: 1, highest: MAX_SECONDS * MICROSECONDS, figures: 2 });
  #allowed = 0;
  #denied = 0;
  #undecided = 0;

  get logins(): number {
    return this.#allowed + this.#denied + this.#undecided;
  }

  get allowed(): number {
    return this.#allowed;
  }

  get denied(): number {
    return this.#denied;
  }

  get undecided(): number {
    return this.#undecided;
  }

  /** In seconds; 0 where there was no login. */
  get p99Seconds(): number {
    return this.logins === 0 ? 0 : this.#durations.percentile(99) / MICROSECONDS;
  }

  /** Counts one that was answered. */
  count({ outcome, durationSeconds }: Pick<CheckEvent, 'outcome' | 'durationSeconds'>): void {
    if (outcome === 'allow') this.#allowed++;
    else if (outcome === 'deny') this.#denied++;
    else this.#undecided++;
    const seconds = Math.min(durationSeconds, MAX_SECONDS);
    this.#durations.record(Math.max(1, Math.round(seconds * MICROSECONDS)));
  }

  /** Adds what another one has counted. */
  add(other: LoginTally): void {
    if (other.logins === 0) return;
    this.#allowed += other.#allowed;
    this.#denied += other.#denied;
    this.#undecided += other.#undecided;
    this.#durations.add(other.#durations);
  }

  reset(): void {
    this.#allowed = 0;
    this.#denied = 0;
    this.#undecided = 0;
    this.#durations.reset();
  }
}

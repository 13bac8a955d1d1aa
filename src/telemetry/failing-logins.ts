import type { CheckEvent, CheckObserver, StatusSource } from '../gate/ports.js';
import { shorten } from './shorten.js';

/** How many user names are counted at a time. */
const MAX_USERNAMES = 1_000;
/** How many are told of. */
const MAX_SHOWN = 20;
/** Counts begin anew so often; those of the window before count as well. */
const WINDOW_MS = 600_000;

/** A user name whose logins fail. */
export interface FailingLogin {
  readonly username: string;
  /** At least as many as this in the last 10 to 20 minutes. */
  readonly failures: number;
  /** Of the newest. */
  readonly reason: string;
}

/** The names that fail most, those first that fail more. */
export interface FailuresStatus {
  readonly usernames: readonly FailingLogin[];
}

/**
 * Counts the logins that are not allowed by user name, in bounded memory whoever asks: where there is no room for another
 * name, every count goes down by one and those at zero go (the algorithm of Misra and Gries). So a name that has more
 * than a thousandth of all failures is never missed, and no count is too high.
 */
export class FailingLogins implements CheckObserver, StatusSource {
  readonly name = 'failures';
  #counts = new Map<string, Count>();
  #before: ReadonlyMap<string, Count> = new Map();
  #windowEndsMs: number;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#windowEndsMs = now() + WINDOW_MS;
  }

  observe({ check, outcome, reason, subject }: CheckEvent): void {
    if (check !== 'user' || !subject || (outcome !== 'deny' && outcome !== 'undecided')) return;
    this.#turnWindow();
    const username = shorten(subject.username);
    const count = this.#counts.get(username);
    if (count) {
      count.failures++;
      count.reason = reason;
    } else if (this.#counts.size < MAX_USERNAMES) {
      this.#counts.set(username, { failures: 1, reason });
    } else {
      this.#decrement();
    }
  }

  /** The names that fail most, those first that fail more. */
  most(): readonly FailingLogin[] {
    this.#turnWindow();
    const usernames = new Set([...this.#counts.keys(), ...this.#before.keys()]);
    return [...usernames]
      .map((username) => this.#sumOf(username))
      .sort(byFailures)
      .slice(0, MAX_SHOWN);
  }

  status(): FailuresStatus {
    return { usernames: this.most() };
  }

  /** Of what each has told: no count is too high; which of several reasons is the newest is not known. */
  sum(statuses: readonly FailuresStatus[]): FailuresStatus {
    const sums = new Map<string, FailingLogin>();
    for (const login of statuses.flatMap(({ usernames }) => usernames)) {
      const failures = login.failures + (sums.get(login.username)?.failures ?? 0);
      sums.set(login.username, { ...login, failures });
    }
    return { usernames: [...sums.values()].sort(byFailures).slice(0, MAX_SHOWN) };
  }

  #sumOf(username: string): FailingLogin {
    const [now, before] = [this.#counts.get(username), this.#before.get(username)];
    const failures = (now?.failures ?? 0) + (before?.failures ?? 0);
    return { username, failures, reason: now?.reason ?? before?.reason ?? '' };
  }

  #decrement(): void {
    for (const [username, count] of this.#counts) {
      if (--count.failures === 0) this.#counts.delete(username);
    }
  }

  #turnWindow(): void {
    const nowMs = this.now();
    if (nowMs < this.#windowEndsMs) return;
    this.#before = nowMs < this.#windowEndsMs + WINDOW_MS ? this.#counts : new Map();
    this.#counts = new Map();
    this.#windowEndsMs = nowMs + WINDOW_MS;
  }
}

function byFailures(a: FailingLogin, b: FailingLogin): number {
  return b.failures - a.failures || (a.username < b.username ? -1 : 1);
}

interface Count {
  failures: number;
  reason: string;
}

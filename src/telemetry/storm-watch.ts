import type { CheckEvent, CheckObserver, StatusSource } from '../gate/ports.js';
import { LoginTally } from './login-tally.js';

/** One reconnect storm, when it is over. */
export interface Storm {
  readonly startedAt: Date;
  readonly durationSeconds: number;
  /** How many logins were answered, and what became of them. */
  readonly logins: number;
  readonly allowed: number;
  readonly denied: number;
  readonly undecided: number;
  readonly peakPerSecond: number;
  /** Which part of the logins needed no hash, 0 to 1. */
  readonly rememberedShare: number;
  /** 99 of 100 logins took no longer. */
  readonly p99Seconds: number;
}

/** What a watch is made of. */
export interface StormWatchOptions {
  /** As many logins in a second are a storm. */
  readonly loginsPerSecond: number;
  /** How many logins were answered from memory since the start. */
  readonly rememberedLogins: () => number;
  /** Is told of each storm when it is over. */
  readonly ended: (storm: Storm) => void;
  /** In ms, never backwards. */
  readonly now?: () => number;
}

/** A storm under way: what is counted up to the last second that belongs to it, and what came after. */
interface Progress {
  readonly startedAt: Date;
  readonly startedMs: number;
  readonly rememberedBefore: number;
  readonly tally: LoginTally;
  readonly tail: LoginTally;
  endedMs: number;
  remembered: number;
  peak: number;
}

const SECOND_MS = 1_000;
/** For how many seconds it has to be quiet before a storm is over: devices try again a little later. */
const QUIET_SECONDS = 10;
/** How many storms are kept. */
const MAX_STORMS = 10;

/**
 * Notices reconnect storms: a broker restarts, and everybody logs in at once. A storm begins with a second of many
 * logins, and is over when there have been none of those for {@link QUIET_SECONDS}; its last busy second is its end.
 */
export class StormWatch implements CheckObserver, StatusSource {
  readonly name = 'storms';
  readonly #options: Required<StormWatchOptions>;
  readonly #second = new LoginTally();
  readonly #recent: Storm[] = [];
  readonly #timer: NodeJS.Timeout;
  #secondStartedMs: number;
  #rememberedBefore: number;
  #storm: Progress | undefined;

  constructor(options: StormWatchOptions) {
    this.#options = { now: () => performance.now(), ...options };
    this.#secondStartedMs = this.#options.now();
    this.#rememberedBefore = this.#options.rememberedLogins();
    // Also where nothing comes after it that would look at the clock.
    this.#timer = setInterval(() => {
      this.turn();
    }, SECOND_MS).unref();
  }

  /** The storms that are over, the newest first, at most ten. */
  get recent(): readonly Storm[] {
    return this.#recent;
  }

  get isStorm(): boolean {
    return this.#storm !== undefined;
  }

  observe(event: CheckEvent): void {
    if (event.check !== 'user' || event.outcome === 'refused') return;
    this.turn();
    this.#second.count(event);
  }

  status(): object {
    this.turn();
    const storm = this.#storm;
    return {
      current: storm
        ? { startedAt: storm.startedAt, logins: storm.tally.logins, peakPerSecond: storm.peak }
        : null,
      recent: this.#recent,
    };
  }

  /** Looks at the clock; once a second is enough. */
  turn(): void {
    const nowMs = this.#options.now();
    if (nowMs - this.#secondStartedMs < SECOND_MS) return;
    this.#endSecond(this.#secondStartedMs + SECOND_MS);
    const storm = this.#storm;
    if (storm && nowMs - storm.endedMs >= QUIET_SECONDS * SECOND_MS) this.#endStorm(storm);
    this.#secondStartedMs = nowMs;
  }

  close(): void {
    clearInterval(this.#timer);
    // A storm may be as short as the second in which it began.
    this.#endSecond(this.#options.now());
    if (this.#storm) this.#endStorm(this.#storm);
  }

  #endSecond(endMs: number): void {
    const isBusy = this.#second.logins >= this.#options.loginsPerSecond;
    if (isBusy) this.#storm ??= this.#startStorm();
    const remembered = this.#options.rememberedLogins();
    const storm = this.#storm;
    if (storm) {
      storm.tail.add(this.#second);
      storm.peak = Math.max(storm.peak, this.#second.logins);
      if (isBusy) this.#extend(storm, endMs, remembered);
    }
    this.#rememberedBefore = remembered;
    this.#second.reset();
  }

  #extend(storm: Progress, endedMs: number, remembered: number): void {
    storm.tally.add(storm.tail);
    storm.tail.reset();
    storm.endedMs = endedMs;
    storm.remembered = remembered - storm.rememberedBefore;
  }

  #startStorm(): Progress {
    const startedMs = this.#secondStartedMs;
    return {
      startedAt: new Date(Date.now() - (this.#options.now() - startedMs)),
      startedMs,
      rememberedBefore: this.#rememberedBefore,
      tally: new LoginTally(),
      tail: new LoginTally(),
      endedMs: startedMs,
      remembered: 0,
      peak: 0,
    };
  }

  #endStorm({ startedAt, startedMs, endedMs, tally, remembered, peak }: Progress): void {
    this.#storm = undefined;
    const { logins, allowed, denied, undecided, p99Seconds } = tally;
    const storm: Storm = {
      startedAt,
      durationSeconds: (endedMs - startedMs) / SECOND_MS,
      ...{ logins, allowed, denied, undecided },
      peakPerSecond: peak,
      rememberedShare: Math.min(1, remembered / logins),
      p99Seconds,
    };
    this.#recent.unshift(storm);
    this.#recent.length = Math.min(this.#recent.length, MAX_STORMS);
    this.#options.ended(storm);
  }
}

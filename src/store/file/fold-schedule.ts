/** When changes are folded into the document. */
export interface FoldTimes {
  /** After so long without another change. */
  readonly quietMs: number;
  /** After so long with changes all the time. */
  readonly latestMs: number;
  /** At once when the journal has grown by so much. */
  readonly bytes: number;
  /** Again after so long when it could not be done. */
  readonly retryMs: number;
}

export const FOLD_TIMES: FoldTimes = {
  quietMs: 1_500,
  latestMs: 30_000,
  bytes: 16 * 1024 * 1024,
  retryMs: 30_000,
};

/** Calls for folds, one at a time. */
export class FoldSchedule {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** When the first change came that is not folded. */
  #since: number | undefined;
  #bytes = 0;
  #isAfterFailure = false;
  #isStopped = false;

  /** @param fold says whether it was done; must not throw. */
  constructor(
    private readonly times: FoldTimes,
    private readonly fold: () => Promise<boolean>,
  ) {}

  /** There is something to fold. @param bytes that the journal has grown by. */
  changed(bytes: number): void {
    this.#since ??= performance.now();
    this.#bytes += bytes;
    this.#arm();
  }

  /** Calls for no more; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #arm(): void {
    if (this.#isStopped || this.#running || this.#since === undefined) return;
    // A disk that is full now is no less full after the next change.
    if (this.#isAfterFailure && this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, this.#delayMs(this.#since));
  }

  #delayMs(since: number): number {
    const { quietMs, latestMs, bytes, retryMs } = this.times;
    if (this.#isAfterFailure) return retryMs;
    if (this.#bytes >= bytes) return 0;
    return Math.max(0, Math.min(quietMs, since + latestMs - performance.now()));
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    // Whatever comes from now on is for the next one.
    [this.#since, this.#bytes] = [undefined, 0];
    const isDone = await this.fold();
    this.#isAfterFailure = !isDone;
    if (!isDone) this.#since ??= performance.now();
    this.#running = undefined;
    this.#arm();
  }
}

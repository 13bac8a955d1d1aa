/**
 * As many tokens a minute as there are in a full one; they come back evenly. Who takes one may give it back.
 */
export class TokenBucket {
  #taken = 0;
  #at: number;

  /**
   * @param perMinute 1 or more.
   * @param now milliseconds of a clock that only goes on.
   */
  constructor(
    private readonly perMinute: number,
    private readonly now: () => number,
  ) {
    this.#at = now();
  }

  /** Whether there is a token to take. */
  get hasToken(): boolean {
    return this.#refill() + 1 <= this.perMinute;
  }

  /** Whether none is missing. */
  get isFull(): boolean {
    return this.#refill() === 0;
  }

  /** Takes one, also where there is none: then it is missing for longer. */
  take(): void {
    this.#taken = Math.min(this.#refill(), this.perMinute) + 1;
  }

  giveBack(): void {
    this.#taken = Math.max(0, this.#refill() - 1);
  }

  /** @returns how many are missing now. */
  #refill(): number {
    const now = this.now();
    const refilled = ((now - this.#at) * this.perMinute) / 60_000;
    this.#at = now;
    this.#taken = Math.max(0, this.#taken - refilled);
    return this.#taken;
  }
}

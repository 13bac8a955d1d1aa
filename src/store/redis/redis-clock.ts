/** What time it is by Redis's clock, as far as can be told from here. */
export class RedisClock {
  #redisMs = Date.now();
  #heardAt = performance.now();

  /** @param heardAt when the answer with that time came, by `performance.now()`. */
  set(redisMs: number, heardAt: number): void {
    this.#redisMs = redisMs;
    this.#heardAt = heardAt;
  }

  /** In ms; never ahead of Redis's, unless that has been set back. */
  now(): number {
    return Math.floor(this.#redisMs + performance.now() - this.#heardAt);
  }
}

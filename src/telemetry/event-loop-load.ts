import type { LoadSource, Shedding, StatusSource } from '../gate/ports.js';

/** From which lag on what is given up. */
export interface SheddingThresholds {
  readonly loginsMs: number;
  /** Not below `loginsMs`. */
  readonly everythingMs: number;
}

const TICK_MS = 20;
const SAMPLE_MS = 100;
/** What the newest sample counts: one long pause (a garbage collection, a large document) is no overload. */
const WEIGHT = 1 / 3;

/**
 * Measures how late the event loop is, which is how long a request waits before anybody looks at it: by how much a timer
 * comes too late, the worst of each tenth of a second, and of these the newest few. Why not by the histogram that
 * Node.js has is told in `docs/decisions/0012-load-is-shed-by-lag.md`.
 */
export class EventLoopLoad implements LoadSource, StatusSource {
  readonly name = 'load';
  readonly #timer: NodeJS.Timeout;
  #tickedMs = performance.now();
  #sampledMs = this.#tickedMs;
  #worstMs = 0;
  #lagMs = 0;

  /** Measures until it is closed; keeps no process alive. */
  constructor(private readonly thresholds: SheddingThresholds) {
    this.#timer = setInterval(() => {
      this.#tick(performance.now());
    }, TICK_MS).unref();
  }

  /** The lag of the last second or so, in ms. */
  get lagMs(): number {
    return this.#lagMs;
  }

  shedding(): Shedding {
    if (this.#lagMs < this.thresholds.loginsMs) return 'nothing';
    return this.#lagMs < this.thresholds.everythingMs ? 'logins' : 'everything';
  }

  status(): object {
    return { eventLoopLagMs: Math.round(this.#lagMs), shedding: this.shedding() };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(nowMs: number): void {
    this.#worstMs = Math.max(this.#worstMs, nowMs - this.#tickedMs - TICK_MS);
    this.#tickedMs = nowMs;
    if (nowMs - this.#sampledMs < SAMPLE_MS) return;
    this.#lagMs += (this.#worstMs - this.#lagMs) * WEIGHT;
    this.#worstMs = 0;
    this.#sampledMs = nowMs;
  }
}

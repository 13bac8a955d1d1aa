import { LRUCache } from 'lru-cache';

import type { CacheSource, CacheStatus, PasswordVerdict } from '../gate/ports.js';

/**
 * A device that goes on trying does it within this time, and then costs nothing: a thousand that nobody has switched off
 * would else spend the budget of all. What is stored is part of the tag: nothing here goes stale.
 */
const TTL_MS = 3_600_000;

/** 15 MB. */
const MAX_ENTRIES = 50_000;

/** Two tags and their places. */
const ENTRY_BYTES = 300;

/** A verdict that refuses. */
export type Refusal = Exclude<PasswordVerdict, 'correct'>;

interface Entry {
  readonly verdict: Refusal;
  /** The tag of the user name. */
  readonly owner: string;
}

/**
 * What was just refused, by the tag of the whole login, so that a device that goes on with a wrong password costs one
 * hash, and not one for each try. Those for whom nothing is stored are among them like all others.
 */
export class RefusalMemory implements CacheSource {
  readonly name = 'refusals';
  readonly #entries: LRUCache<string, Entry>;
  #hits = 0;
  #misses = 0;

  /** @param ownerOf the tag of a user name. */
  constructor(
    private readonly ownerOf: (username: string) => string,
    now: () => number = () => performance.now(),
  ) {
    this.#entries = new LRUCache({
      max: MAX_ENTRIES,
      ttl: TTL_MS,
      updateAgeOnGet: true,
      perf: { now },
      ttlResolution: 0,
    });
  }

  get(tag: string): Refusal | undefined {
    const known = this.#entries.get(tag);
    if (known) this.#hits++;
    else this.#misses++;
    return known?.verdict;
  }

  set(tag: string, owner: string, verdict: Refusal): void {
    this.#entries.set(tag, { owner, verdict });
  }

  status(): CacheStatus {
    const { size } = this.#entries;
    return {
      entries: size,
      maxEntries: MAX_ENTRIES,
      bytes: size * ENTRY_BYTES,
      hits: this.#hits,
      misses: this.#misses,
    };
  }

  clear(username?: string): number {
    const before = this.#entries.size;
    if (username === undefined) this.#entries.clear();
    else this.#forget(this.ownerOf(username));
    return before - this.#entries.size;
  }

  #forget(owner: string): void {
    for (const [tag, entry] of [...this.#entries.entries()]) {
      if (entry.owner === owner) this.#entries.delete(tag);
    }
  }
}

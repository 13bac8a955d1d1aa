import { timingSafeEqual } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { CacheSource, CacheStatus } from '../gate/ports.js';

/** What an entry takes beside its user name: the tag, and the places of both in the cache. */
const ENTRY_BYTES = 200;

/** How many bytes there may be for each entry, on the average. */
const BYTES_PER_ENTRY = 400;

/** What is known of a login: its password needs no comparison, or does so because the time is up. */
export type Remembrance = 'valid' | 'ended';

/** As long as a tag, and none: base64url has no dot. */
const NO_TAG = '.'.repeat(43);

/**
 * The tags of the logins that were verified, one for each user name; the least recently used make room. It keeps
 * neither passwords nor hashes.
 */
export class CredentialMemory implements CacheSource {
  readonly name = 'credentials';
  readonly #tags: LRUCache<string, string>;
  #hits = 0;
  #misses = 0;

  /** @param maxEntries how many at most, 1 or more. */
  constructor(
    private readonly maxEntries: number,
    now: () => number = () => performance.now(),
  ) {
    this.#tags = new LRUCache({
      max: maxEntries,
      maxSize: maxEntries * BYTES_PER_ENTRY,
      sizeCalculation: (_tag, username) => ENTRY_BYTES + 2 * username.length,
      // Each entry has its own; this one is for those that would have none.
      ttl: 1,
      perf: { now },
      ttlResolution: 0,
    });
  }

  /** Whether this is the tag of the user name, or was until its time was up; the latter while there is room for it. */
  look(username: string, tag: string): Remembrance | undefined {
    // SECURITY: compared in any case, and used only by who knows the password: time tells nobody who was in before.
    const isKnown = isSameTag(this.#tags.peek(username, { allowStale: true }) ?? NO_TAG, tag);
    const isValid = isKnown && this.#tags.getRemainingTTL(username) > 0;
    if (isValid) {
      this.#hits++;
      this.#tags.get(username);
    } else {
      this.#misses++;
    }
    return isKnown ? (isValid ? 'valid' : 'ended') : undefined;
  }

  /** Keeps a tag in place of any other. */
  set(username: string, tag: string, ttlMs: number): void {
    // SECURITY: a copy; what came out of a request may be a slice of it, which would keep all of it, password included.
    this.#tags.set(Buffer.from(username).toString(), tag, { ttl: ttlMs });
  }

  status(): CacheStatus {
    return {
      entries: this.#tags.size,
      maxEntries: this.maxEntries,
      bytes: this.#tags.calculatedSize,
      hits: this.#hits,
      misses: this.#misses,
    };
  }

  clear(username?: string): number {
    const before = this.#tags.size;
    if (username === undefined) this.#tags.clear();
    else this.#tags.delete(username);
    return before - this.#tags.size;
  }
}

/** Takes as long wherever they differ. */
export function isSameTag(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}

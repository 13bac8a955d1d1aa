import { LRUCache } from 'lru-cache';

import { UndecidedError } from '../gate/errors.js';
import type { CredentialObserver } from '../gate/ports.js';
import { TokenBucket } from './token-bucket.js';

/** How many comparisons may fail in a minute; 0: any number. */
export interface HashBudgetLimits {
  readonly perUsername: number;
  readonly overall: number;
}

/** What a budget is made with. */
export interface HashBudgetOptions extends HashBudgetLimits {
  readonly observer: Pick<CredentialObserver, 'budgetRefused'>;
  readonly now?: () => number;
}

/** What was reserved for one comparison. */
export interface Reservation {
  /** The comparison did not fail: it costs nothing. */
  giveBack(): void;
}

/** Which user names are told apart. 2 MB; more than the overall budget lets in within a minute, unless that is off. */
const MAX_OWNERS = 10_000;

/**
 * Bounds how many comparisons of passwords fail: for each user name, so that nobody guesses fast, and overall, so that
 * guessing does not keep the hash threads from those who come with the right password. Those cost nothing.
 */
export class HashBudget {
  readonly #owners = new LRUCache<string, TokenBucket>({ max: MAX_OWNERS });
  readonly #overall: TokenBucket | undefined;
  readonly #options: Required<HashBudgetOptions>;

  constructor(options: HashBudgetOptions) {
    this.#options = { now: () => performance.now(), ...options };
    const { overall, now } = this.#options;
    this.#overall = overall === 0 ? undefined : new TokenBucket(overall, now);
  }

  /**
   * Reserves one comparison.
   * @param owner the tag of the user name.
   * @throws UndecidedError where too many have failed.
   */
  reserve(owner: string): Reservation {
    const own = this.#owners.get(owner);
    if (own && !own.hasToken) this.#refuse('username');
    if (this.#overall && !this.#overall.hasToken) this.#refuse('overall');
    const taken = this.charge(owner);
    return {
      giveBack: () => {
        for (const bucket of taken) bucket.giveBack();
        if (this.#owners.get(owner)?.isFull) this.#owners.delete(owner);
      },
    };
  }

  /** Takes what a failed comparison costs, whether there is any left or not. */
  charge(owner: string): readonly TokenBucket[] {
    const taken = [this.#bucketOf(owner), this.#overall].filter((bucket) => bucket !== undefined);
    for (const bucket of taken) bucket.take();
    return taken;
  }

  #bucketOf(owner: string): TokenBucket | undefined {
    const { perUsername, now } = this.#options;
    if (perUsername === 0) return undefined;
    const known = this.#owners.get(owner);
    if (known) return known;
    const bucket = new TokenBucket(perUsername, now);
    this.#owners.set(owner, bucket);
    return bucket;
  }

  #refuse(budget: 'username' | 'overall'): never {
    this.#options.observer.budgetRefused(budget);
    throw new UndecidedError('hash_budget');
  }
}

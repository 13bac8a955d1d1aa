import type { StoredPassword } from '../dynsec/entities.js';
import type { CredentialObserver, RehashOutcome } from '../gate/ports.js';
import type { Credential } from './credential.js';
import type { HashRecipe } from './hash-recipe.js';
import { isWeaker } from './hash-strength.js';

/** How many wait at most; whoever finds no place has another try with the next login. */
const MAX_WAITING = 1_000;

/** SECURITY: for no longer than this a password waits in memory, in ms. */
const WAIT_MS_MAX = 60_000;

/** How often it is looked whether there is time, in ms. */
const POLL_MS = 250;

/** A credential for which something is stored. */
type StoredCredential = Credential & { readonly stored: StoredPassword };

/** What a queue works with. */
export interface RehashQueueOptions {
  /** What hashes are to be at least. */
  readonly recipe: HashRecipe;
  /** Whether nobody waits for a hash. */
  readonly isIdle: () => boolean;
  /** Replaces the hash; `stored` is what took its place. May throw: then nothing is replaced. */
  readonly rehash: (
    credential: StoredCredential,
  ) => Promise<{ readonly outcome: RehashOutcome; readonly stored?: StoredPassword }>;
  /** Is told what is correct from now on. */
  readonly onReplaced: (credential: Credential) => void;
  readonly onError: (error: unknown) => void;
  readonly observer: Pick<CredentialObserver, 'rehashed'>;
}

interface Waiting {
  readonly credential: StoredCredential;
  readonly since: number;
}

/**
 * Replaces weak hashes of those who have just logged in, one at a time, while the hash threads have nothing else to do.
 * Does no harm where it fails: the old hash stays, and the next login offers it again.
 */
export class RehashQueue {
  readonly #waiting = new Map<string, Waiting>();
  /** Stores hand out the same object until a client is changed. */
  readonly #isWeak = new WeakMap<StoredPassword, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(private readonly options: RehashQueueOptions) {}

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Takes a login that is correct; those whose hash is strong enough are passed over. Quick, and never throws. */
  offer(credential: Credential): void {
    const { username, stored } = credential;
    if (this.#isClosed || stored === undefined || !this.#isWeakHash(stored)) return;
    if (this.#waiting.size >= MAX_WAITING || this.#waiting.has(username)) return;
    this.#waiting.set(username, { credential: { ...credential, stored }, since: performance.now() });
    this.#schedule();
  }

  /** Forgets who waits. What is under way goes on to its end. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    clearTimeout(this.#timer);
  }

  #isWeakHash(stored: StoredPassword): boolean {
    const known = this.#isWeak.get(stored);
    if (known !== undefined) return known;
    const isWeak = isWeaker(stored, this.options.recipe);
    this.#isWeak.set(stored, isWeak);
    return isWeak;
  }

  #schedule(): void {
    if (this.#isBusy || this.#timer || this.#waiting.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#work();
    }, POLL_MS).unref();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    this.#dropOld();
    for (const [username, { credential }] of this.#waiting) {
      if (!this.options.isIdle()) break;
      this.#waiting.delete(username);
      await this.#replace(credential);
      // That may have taken its time.
      this.#dropOld();
    }
    this.#isBusy = false;
    this.#schedule();
  }

  async #replace(credential: StoredCredential): Promise<void> {
    const { rehash, onReplaced, onError, observer } = this.options;
    try {
      const { outcome, stored } = await rehash(credential);
      if (stored) onReplaced({ ...credential, stored });
      observer.rehashed(outcome);
    } catch (error) {
      observer.rehashed('failed');
      onError(error);
    }
  }

  /** INVARIANT: the oldest come first. */
  #dropOld(): void {
    const oldest = performance.now() - WAIT_MS_MAX;
    for (const [username, { since }] of this.#waiting) {
      if (since > oldest) return;
      this.#waiting.delete(username);
    }
  }
}

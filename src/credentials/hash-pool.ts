import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';

import type { StoredPassword } from '../dynsec/entities.js';
import type { PasswordVerdict, PasswordVerifier } from '../gate/ports.js';
import type { HashRecipe } from './hash-recipe.js';
import { assertHashable, assertRecipe } from './hash-recipe.js';
import type { HashTask } from './hash-task.js';
import { HashThreads } from './hash-threads.js';
import { parsePasswordHash } from './parse-password-hash.js';
import type { PasswordHash } from './password-hash.js';
import { WorkSchedule } from './work-schedule.js';

/** The defaults of {@link HashPoolOptions}. */
export const HASH_POOL_DEFAULTS = {
  /** As much bcrypt as 25 cores get done before the deadline; 128 MB where each password is MQTT's longest. */
  queueLimit: 1_000,
  /** The broker's plugin waits 5 s, the way there and back included. */
  deadlineMs: 2_000,
} as const;

/** How a pool is made. */
export interface HashPoolOptions {
  /** Path or `file:` URL of the compiled `hash-worker.ts`. */
  readonly workerFile: string;
  /** What is compared where nothing usable is stored (`decoy.ts`); see also {@link HashPool.setDecoy}. */
  readonly decoy: PasswordHash;
  /** One for each core unless told otherwise. */
  readonly threads?: number;
  /** How many comparisons and hashes may wait. */
  readonly queueLimit?: number;
  /** How long a caller waits, in ms. */
  readonly deadlineMs?: number;
}

/**
 * Verifies and hashes passwords in threads of its own, so that checks are decided meanwhile. User names take turns,
 * each with one comparison at a time; the same comparison asked for twice at once is computed once.
 */
export class HashPool implements PasswordVerifier {
  readonly #threads: HashThreads;
  readonly #schedule: WorkSchedule<HashTask>;
  #decoy: PasswordHash;

  /** @throws TypeError for an option out of range. */
  constructor(options: HashPoolOptions) {
    const { workerFile, decoy, threads: concurrency = availableParallelism() } = options;
    const { queueLimit, deadlineMs } = { ...HASH_POOL_DEFAULTS, ...options };
    const compute = (task: HashTask): Promise<unknown> => this.#threads.run(task);
    this.#schedule = new WorkSchedule(compute, { concurrency, queueLimit, deadlineMs });
    this.#threads = new HashThreads(workerFile, concurrency);
    this.#decoy = decoy;
  }

  /** How many comparisons and hashes wait for a thread. */
  get waiting(): number {
    return this.#schedule.waiting;
  }

  /** How many are being computed. */
  get running(): number {
    return this.#schedule.running;
  }

  /** From now on this is what a login costs where nothing usable is stored. */
  setDecoy(decoy: PasswordHash): void {
    this.#decoy = decoy;
  }

  /** As {@link PasswordVerifier.verify}; a password with NUL is `wrong`, or `unusable`, without a comparison. */
  async verify(
    username: string,
    stored: StoredPassword | undefined,
    password: string,
  ): Promise<PasswordVerdict> {
    const parsed = stored && parsePasswordHash(stored);
    const hash = parsed?.usable ? parsed.hash : this.#decoy;
    const isEqual = !password.includes('\0') && (await this.#compare({ username, stored, password, hash }));
    if (!parsed?.usable) return 'unusable';
    return isEqual ? 'correct' : 'wrong';
  }

  /**
   * The encoded hash of a new password. Counts in queue and deadline like a comparison, so keep few under way.
   * @throws TypeError for a cost that is out of range.
   * @throws UnhashablePasswordError for a password with NUL, or one that is longer than what the form reads.
   * @throws UndecidedError when it is not done in time.
   */
  async hash(password: string, recipe: HashRecipe): Promise<string> {
    assertRecipe(recipe);
    assertHashable(password, recipe.form);
    const task: HashTask = { kind: 'hash', password, recipe };
    const encoded = await this.#schedule.run({ lane: Symbol('hash'), task });
    if (typeof encoded !== 'string') throw new TypeError('a hash thread did not answer with a hash');
    return encoded;
  }

  /** Ends the threads; who still waits is undecided. */
  async close(): Promise<void> {
    this.#schedule.close();
    await this.#threads.close();
  }

  async #compare(login: Login): Promise<boolean> {
    const { username, password, hash } = login;
    const task: HashTask = { kind: 'compare', hash, password };
    const result = await this.#schedule.run({ lane: username, key: loginKey(login), task });
    return result === true;
  }
}

/** One comparison: what is stored, and the hash that is compared instead of it or as it. */
interface Login {
  readonly username: string;
  readonly stored: StoredPassword | undefined;
  readonly password: string;
  readonly hash: PasswordHash;
}

/** The same for the same login alone: JSON of a list tells any two apart, and the digest keeps it short. */
function loginKey({ username, stored, password }: Login): string {
  return createHash('sha256')
    .update(JSON.stringify([username, stored, password]))
    .digest('base64');
}

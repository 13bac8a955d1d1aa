import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';

import type { StoredPassword } from '../dynsec/entities.js';
import type { CredentialObserver, PasswordVerdict, PasswordVerifier } from '../gate/ports.js';
import type { Credential } from './credential.js';
import { credentialTexts } from './credential.js';
import type { Decoys } from './decoys.js';
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
  /** What is compared where nothing usable is stored; see also {@link HashPool.setDecoys}. */
  readonly decoys: Decoys;
  /** One for each core unless told otherwise. */
  readonly threads?: number;
  /** How many comparisons and hashes may wait. */
  readonly queueLimit?: number;
  /** How long a caller waits, in ms. */
  readonly deadlineMs?: number;
  /** Is told of each comparison and hash. */
  readonly observer?: Pick<CredentialObserver, 'hashed'>;
}

/** Is told what a comparison came to that was done too late for whoever asked. Must not throw. */
export type LateListener = (credential: Credential, verdict: PasswordVerdict) => void;

/** What a thread is asked for, and since when, by the clock of `performance`. */
interface Queued {
  readonly task: HashTask;
  readonly since: number;
}

/**
 * Verifies and hashes passwords in threads of its own, so that checks are decided meanwhile. User names take turns,
 * each with one comparison at a time; the same comparison asked for twice at once is computed once.
 */
export class HashPool implements PasswordVerifier {
  readonly #threads: HashThreads;
  readonly #schedule: WorkSchedule<Queued>;
  readonly #observer: Pick<CredentialObserver, 'hashed'> | undefined;
  #decoys: Decoys;
  #onLate: LateListener | undefined;

  /** @throws TypeError for an option out of range. */
  constructor(options: HashPoolOptions) {
    const { workerFile, decoys, threads: concurrency = availableParallelism() } = options;
    const { queueLimit, deadlineMs } = { ...HASH_POOL_DEFAULTS, ...options };
    const compute = (queued: Queued): Promise<unknown> => this.#compute(queued);
    this.#schedule = new WorkSchedule(compute, { concurrency, queueLimit, deadlineMs });
    this.#threads = new HashThreads(workerFile, concurrency);
    this.#decoys = decoys;
    this.#observer = options.observer;
  }

  /** How many comparisons and hashes wait for a thread. */
  get waiting(): number {
    return this.#schedule.waiting;
  }

  /** How many are being computed. */
  get running(): number {
    return this.#schedule.running;
  }

  /** Whether there is nothing to do. */
  get isIdle(): boolean {
    return this.running === 0 && this.waiting === 0;
  }

  /** From now on this one is told of verdicts that come too late: whoever asked is sure to ask again. */
  setLateListener(listener: LateListener): void {
    this.#onLate = listener;
  }

  /** From now on these are what a login costs where nothing usable is stored. */
  setDecoys(decoys: Decoys): void {
    this.#decoys = decoys;
  }

  /** As {@link PasswordVerifier.verify}; a password with NUL is `wrong`, or `unusable`, without a comparison. */
  async verify(
    username: string,
    stored: StoredPassword | undefined,
    password: string,
  ): Promise<PasswordVerdict> {
    const credential: Credential = { username, stored, password };
    // SECURITY: chosen in any case, and read anew as what is stored is; that takes time too.
    const decoy = this.#decoys.of(username);
    const parsed = parsePasswordHash(stored ?? decoy.stored);
    const hash = parsed.usable ? parsed.hash : decoy.hash;
    const isUsable = stored !== undefined && parsed.usable;
    const verdictOf = (isEqual: boolean): PasswordVerdict => {
      if (!isUsable) return 'unusable';
      return isEqual ? 'correct' : 'wrong';
    };
    if (password.includes('\0')) return verdictOf(false);
    const onLate = (isEqual: boolean): void => this.#onLate?.(credential, verdictOf(isEqual));
    return verdictOf(await this.#compare(credential, hash, onLate));
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
    const encoded = await this.#schedule.run({
      lane: Symbol('hash'),
      task: { task, since: performance.now() },
    });
    if (typeof encoded !== 'string') throw new TypeError('a hash thread did not answer with a hash');
    return encoded;
  }

  /** Ends the threads; who still waits is undecided. */
  async close(): Promise<void> {
    this.#schedule.close();
    await this.#threads.close();
  }

  async #compare(
    credential: Credential,
    hash: PasswordHash,
    onLate: (isEqual: boolean) => void,
  ): Promise<boolean> {
    const { username, password } = credential;
    const result = await this.#schedule.run({
      lane: username,
      key: keyOf(credential),
      task: { task: { kind: 'compare', hash, password }, since: performance.now() },
      onLate: (late) => onLate(late === true),
    });
    return result === true;
  }

  async #compute({ task, since }: Queued): Promise<unknown> {
    const begin = performance.now();
    const result = await this.#threads.run(task);
    const waitSeconds = (begin - since) / 1_000;
    const durationSeconds = (performance.now() - begin) / 1_000;
    this.#observer?.hashed({ kind: task.kind, waitSeconds, durationSeconds });
    return result;
  }
}

/** The same for the same credential alone: JSON of a list tells any two apart, and the digest keeps it short. */
function keyOf(credential: Credential): string {
  return createHash('sha256')
    .update(JSON.stringify(credentialTexts(credential)))
    .digest('base64');
}

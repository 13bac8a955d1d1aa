/** A verifier that remembers, over real hash threads, its clock in the hand of the test. */
import { createDecoys } from '../../src/credentials/decoys.js';
import { HashBudget } from '../../src/credentials/hash-budget.js';
import { HashPool } from '../../src/credentials/hash-pool.js';
import type { RememberingOptions } from '../../src/credentials/remembering-verifier.js';
import { RememberingVerifier } from '../../src/credentials/remembering-verifier.js';
import { SharedMemory } from '../../src/credentials/shared-memory.js';
import type { SharedCredentials } from '../../src/gate/ports.js';
import { HASH_WORKER_FILE } from './hash-worker-file.js';

export const DAY_MS = 86_400_000;

/** bcrypt of {@link PASSWORD} at the least cost. */
export const STORED = { encoded: '$2y$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC' };
export const PASSWORD = 'pässwörd';

/** What a fleet shares, in this process. */
export class SharedMap implements SharedCredentials {
  readonly tags = new Map<string, string>();
  reads = 0;

  async get(username: string): Promise<string | undefined> {
    this.reads++;
    return this.tags.get(username);
  }

  async set(username: string, tag: string): Promise<void> {
    this.tags.set(username, tag);
  }
}

/** What is not as usual. */
export interface RememberedSetup extends Partial<
  Pick<RememberingOptions, 'ttlMs' | 'maxEntries' | 'onCorrect'>
> {
  readonly perUsername?: number;
  readonly overall?: number;
  readonly shared?: SharedCredentials;
  readonly keys?: readonly [string, ...string[]];
  readonly deadlineMs?: number;
}

/** A verifier, and what it costs. */
export class RememberedLogins {
  readonly pool: HashPool;
  readonly verifier: RememberingVerifier;
  readonly sharedMemory: SharedMemory | undefined;
  /** How many comparisons have been computed. */
  comparisons = 0;
  /** The budgets that refused. */
  readonly refusedBy: string[] = [];
  /** Of all its clocks, from any moment on. */
  nowMs = 1_000;

  constructor(setup: RememberedSetup = {}) {
    const now = (): number => this.nowMs;
    this.pool = new HashPool({
      workerFile: HASH_WORKER_FILE,
      decoys: createDecoys([STORED], { form: 'bcrypt', cost: 4 }),
      threads: 1,
      deadlineMs: setup.deadlineMs ?? 15_000,
      observer: {
        hashed: ({ kind }) => {
          if (kind === 'compare') this.comparisons++;
        },
      },
    });
    this.sharedMemory = setup.shared && sharedMemory(setup, setup.shared, now);
    this.verifier = new RememberingVerifier({
      verifier: this.pool,
      budget: new HashBudget({
        perUsername: setup.perUsername ?? 100,
        overall: setup.overall ?? 1_000,
        observer: { budgetRefused: (budget) => void this.refusedBy.push(budget) },
        now,
      }),
      ttlMs: setup.ttlMs ?? DAY_MS,
      maxEntries: setup.maxEntries ?? 100,
      now,
      ...(this.sharedMemory ? { shared: this.sharedMemory } : {}),
      ...(setup.onCorrect ? { onCorrect: setup.onCorrect } : {}),
    });
    this.pool.setLateListener((credential, verdict) => this.verifier.learnLate(credential, verdict));
  }

  /** The verdict, or the reason why there is none. */
  async login(
    username: string,
    password = PASSWORD,
    stored: typeof STORED | undefined = STORED,
  ): Promise<string> {
    return this.#answer(username, password, stored);
  }

  /** The same for a user name for which nothing is stored. */
  async loginOfNobody(username: string, password = PASSWORD): Promise<string> {
    return this.#answer(username, password, undefined);
  }

  async #answer(username: string, password: string, stored: typeof STORED | undefined): Promise<string> {
    try {
      return await this.verifier.verify(username, stored, password);
    } catch (error) {
      return (error as { readonly reason: string }).reason;
    }
  }
}

function sharedMemory(
  { keys = ['a key that all instances of the test have'], ttlMs = DAY_MS }: RememberedSetup,
  credentials: SharedCredentials,
  now: () => number,
): SharedMemory {
  const observer = { sharedLookup: () => undefined, sharedWriteFailed: () => undefined };
  return new SharedMemory({ credentials, keys, realm: 'default', ttlMs, observer, now });
}

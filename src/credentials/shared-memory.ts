import type { CredentialObserver, SharedCredentials, StatusSource } from '../gate/ports.js';
import type { Credential } from './credential.js';
import { credentialTexts } from './credential.js';
import { isSameTag } from './credential-memory.js';
import { SharedTagKey } from './tag-key.js';

/** For how long a login waits for the shared memory, before a password is compared. */
export const SHARED_READ_MS_MAX = 200;

/** Of the texts under a tag: nothing else is ever signed by the same key with it. */
const PURPOSE = 'gatehouse verified credential, 1';

/** When it ends, in ms since 1970, and its tag, which covers that too. */
const ENTRY = /^(\d{1,15})\.([\w-]{43})$/;

/** By how much the clocks of instances may differ, in ms. */
const CLOCK_MARGIN_MS = 60_000;

/** What is found of a login: for how long it is good still, in ms, or that it was until its time was up. */
export type SharedRemembrance = { readonly leftMs: number } | 'ended';

/** One that fits nobody: the end of time, and no tag. */
const NO_ENTRY = `${'9'.repeat(13)}.${'-'.repeat(43)}`;

/** How a shared memory is made. */
export interface SharedMemoryOptions {
  readonly credentials: SharedCredentials;
  /** The first writes, all read. At least one. SECURITY: secrets. */
  readonly keys: readonly [string, ...string[]];
  readonly realm: string;
  /** For how long a login is good at most, whoever has written it; 1 or more. Then, for as long again, it is `ended`. */
  readonly ttlMs: number;
  readonly observer: Pick<CredentialObserver, 'sharedLookup' | 'sharedWriteFailed'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What is told of it: how many keys there are, and what came of looking there since the start. */
export interface SharedMemoryStatus {
  readonly keys: number;
  readonly hits: number;
  readonly misses: number;
  readonly failedReads: number;
  readonly failedWrites: number;
}

/**
 * What the instances of a fleet have verified, so that neither a restart nor another instance compares again. A tag
 * covers what is stored: a new password or hash voids it, whatever becomes of the entry.
 */
export class SharedMemory implements StatusSource {
  readonly name = 'sharedCredentials';
  readonly #keys: readonly [SharedTagKey, ...SharedTagKey[]];
  readonly #options: Required<SharedMemoryOptions>;
  readonly #counts = { hit: 0, miss: 0, failure: 0, failedWrites: 0 };

  constructor(options: SharedMemoryOptions) {
    this.#options = { now: () => Date.now(), ...options };
    const [first, ...others] = options.keys;
    this.#keys = [new SharedTagKey(first), ...others.map((key) => new SharedTagKey(key))];
  }

  /**
   * What is remembered of the login; undefined where nothing is, or it cannot be told in time. Never throws. What an
   * older key has written is written again with the first one.
   */
  async find(credential: Credential): Promise<SharedRemembrance | undefined> {
    const entry = await this.#read(credential.username);
    // SECURITY: where there is no entry that takes as long, so that it tells nobody who has logged in before.
    const found = this.#check(credential, entry.text ?? NO_ENTRY);
    const result = entry.isKnown ? (typeof found === 'object' ? 'hit' : 'miss') : 'failure';
    this.#counts[result]++;
    this.#options.observer.sharedLookup(result);
    return found;
  }

  /** Remembers a verified login for that long. Nobody has to wait for it; never throws. */
  write(credential: Credential, forMs: number): void {
    const wholeMs = Math.floor(forMs);
    if (wholeMs > 0) this.#keep(credential, this.#options.now() + wholeMs);
  }

  /** How many logins were found there since the start. */
  get hits(): number {
    return this.#counts.hit;
  }

  status(): SharedMemoryStatus {
    const { hit: hits, miss: misses, failure: failedReads, failedWrites } = this.#counts;
    return { keys: this.#keys.length, hits, misses, failedReads, failedWrites };
  }

  /** Every process has the same keys. */
  sum(statuses: readonly SharedMemoryStatus[]): SharedMemoryStatus {
    const sumOf = (count: keyof SharedMemoryStatus): number =>
      statuses.reduce((sum, status) => sum + status[count], 0);
    return {
      keys: this.#keys.length,
      hits: sumOf('hits'),
      misses: sumOf('misses'),
      failedReads: sumOf('failedReads'),
      failedWrites: sumOf('failedWrites'),
    };
  }

  #check(credential: Credential, text: string): SharedRemembrance | undefined {
    const [, end, tag] = ENTRY.exec(text) ?? [];
    if (end === undefined || tag === undefined) return undefined;
    const texts = this.#texts(credential, end);
    // All of them: which key has written is nobody's to find out by time.
    const matches = this.#keys.filter((key) => isSameTag(key.tag(texts), tag));
    if (matches.length === 0) return undefined;
    const leftMs = Number(end) - this.#options.now();
    // One that is good for too long was written when logins were remembered for longer.
    if (leftMs < 1 || leftMs > this.#options.ttlMs + CLOCK_MARGIN_MS) return 'ended';
    if (!matches.includes(this.#keys[0])) this.#keep(credential, Number(end));
    return { leftMs };
  }

  #keep(credential: Credential, endMs: number): void {
    const { ttlMs, now } = this.#options;
    const end = String(endMs);
    const tag = this.#keys[0].tag(this.#texts(credential, end));
    void this.#write(credential.username, `${end}.${tag}`, Math.ceil(endMs - now() + ttlMs));
  }

  async #write(username: string, text: string, ttlMs: number): Promise<void> {
    try {
      await this.#options.credentials.set(username, text, ttlMs);
    } catch {
      // The next instance compares once more; nobody is refused for it.
      this.#counts.failedWrites++;
      this.#options.observer.sharedWriteFailed();
    }
  }

  #texts(credential: Credential, end: string): readonly string[] {
    return [PURPOSE, this.#options.realm, end, ...credentialTexts(credential)];
  }

  /** Whether there was an answer in time, and which. */
  async #read(username: string): Promise<{ readonly isKnown: boolean; readonly text?: string | undefined }> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, SHARED_READ_MS_MAX, undefined);
    });
    try {
      return (await Promise.race([this.#ask(username), late])) ?? { isKnown: false };
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(username: string): Promise<{ readonly isKnown: boolean; readonly text?: string | undefined }> {
    try {
      return { isKnown: true, text: await this.#options.credentials.get(username) };
    } catch {
      return { isKnown: false };
    }
  }
}

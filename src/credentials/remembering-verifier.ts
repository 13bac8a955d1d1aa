import { randomBytes } from 'node:crypto';

import type { CacheSource, PasswordVerdict, PasswordVerifier } from '../gate/ports.js';
import type { Credential } from './credential.js';
import { credentialTexts } from './credential.js';
import { CredentialMemory } from './credential-memory.js';
import type { HashBudget } from './hash-budget.js';
import { RefusalMemory } from './refusal-memory.js';
import type { SharedMemory } from './shared-memory.js';
import { TagKey } from './tag-key.js';

/** HMAC-SHA256 is no stronger with more. */
const KEY_BYTES = 32;

/** The lifetimes of what is learnt at the same time end spread over this part of them. */
const JITTER = 0.1;

/** Of the texts under a tag, the first. */
const CREDENTIAL_PURPOSE = 'credential';
const OWNER_PURPOSE = 'owner';

/** What a verifier remembers by. */
export interface RememberingOptions {
  /** Compares what is not remembered. */
  readonly verifier: PasswordVerifier;
  /** What comparisons may cost. */
  readonly budget: HashBudget;
  /** For how long a verified login is remembered at most, in ms; 0: not at all. */
  readonly ttlMs: number;
  /** How many are remembered in memory at most; 1 or more. */
  readonly maxEntries: number;
  /** Absent: this instance remembers by itself. */
  readonly shared?: SharedMemory;
  /** Is told of every login that is correct, remembered or not. Must be quick, and must not throw. */
  readonly onCorrect?: (credential: Credential) => void;
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
}

/**
 * The same verdicts as the verifier that it decorates, most of them from memory: a login that was verified costs one
 * HMAC instead of a hash, and one that was just refused does so too. It remembers tags under a random key of the
 * process, of user name, what is stored, and password together: with another stored hash or another password a login
 * is another one. Those for whom nothing is stored go the same way as all others, so that time tells nothing.
 */
export class RememberingVerifier implements PasswordVerifier {
  readonly #options: RememberingOptions;
  readonly #key = new TagKey(randomBytes(KEY_BYTES));
  readonly #memory: CredentialMemory;
  readonly #refusals: RefusalMemory;
  /** The logins that are being looked for, by their tags: the same one is looked for once. */
  readonly #open = new Map<string, Promise<PasswordVerdict>>();

  constructor(options: RememberingOptions) {
    this.#options = options;
    this.#memory = new CredentialMemory(options.maxEntries, options.now);
    this.#refusals = new RefusalMemory((username) => this.#ownerOf(username), options.now);
  }

  /** What is remembered in this process. */
  get caches(): readonly CacheSource[] {
    return [this.#memory, this.#refusals];
  }

  /** How many logins needed no comparison since the start. */
  get rememberedLogins(): number {
    return this.#memory.status().hits + (this.#options.shared?.hits ?? 0);
  }

  /**
   * As {@link PasswordVerifier.verify}.
   * @throws UndecidedError as that one does, and where too many comparisons have failed.
   */
  async verify(
    username: Credential['username'],
    stored: Credential['stored'],
    password: Credential['password'],
  ): Promise<PasswordVerdict> {
    const credential: Credential = { username, stored, password };
    const tag = this.#tagOf(credential);
    const verdict = this.#recall(username, tag) ?? (await this.#findOnce(credential, tag));
    if (verdict === 'correct') this.#options.onCorrect?.(credential);
    return verdict;
  }

  /** Takes note of a login that is known to be correct, as if it had just been verified. */
  remember(credential: Credential): void {
    this.#learn(credential, this.#tagOf(credential), 'correct');
  }

  /**
   * Forgets logins, here and in what instances share, as when a client is disabled, deleted or gets another password:
   * what is remembered would not fit any more, and has no business to be there.
   */
  forget(usernames: readonly string[]): void {
    for (const username of usernames) this.#memory.clear(username);
    if (usernames.length > 0) this.#options.shared?.forget(usernames);
  }

  /** Takes note of a verdict that came too late for whoever asked. */
  learnLate(credential: Credential, verdict: PasswordVerdict): void {
    // What was reserved was given back when the time was up.
    if (verdict !== 'correct') this.#options.budget.charge(this.#ownerOf(credential.username));
    this.#learn(credential, this.#tagOf(credential), verdict);
  }

  #recall(username: string, tag: string): PasswordVerdict | undefined {
    return this.#memory.has(username, tag) ? 'correct' : this.#refusals.get(tag);
  }

  #findOnce(credential: Credential, tag: string): Promise<PasswordVerdict> {
    const open = this.#open.get(tag);
    if (open) return open;
    const found = this.#find(credential, tag).finally(() => this.#open.delete(tag));
    this.#open.set(tag, found);
    return found;
  }

  async #find(credential: Credential, tag: string): Promise<PasswordVerdict> {
    const leftMs = await this.#options.shared?.find(credential);
    if (leftMs === undefined || credential.stored === undefined) return this.#compare(credential, tag);
    this.#memory.set(credential.username, tag, Math.min(leftMs, this.#options.ttlMs));
    return 'correct';
  }

  async #compare(credential: Credential, tag: string): Promise<PasswordVerdict> {
    const { username, stored, password } = credential;
    const reservation = this.#options.budget.reserve(this.#ownerOf(username));
    try {
      const verdict = await this.#options.verifier.verify(username, stored, password);
      if (verdict === 'correct') reservation.giveBack();
      this.#learn(credential, tag, verdict);
      return verdict;
    } catch (error) {
      reservation.giveBack();
      throw error;
    }
  }

  #learn(credential: Credential, tag: string, verdict: PasswordVerdict): void {
    const { username } = credential;
    if (verdict !== 'correct') {
      this.#refusals.set(tag, this.#ownerOf(username), verdict);
      return;
    }
    const ttlMs = this.#options.ttlMs * (1 - JITTER * Math.random());
    if (ttlMs === 0) return;
    this.#memory.set(username, tag, ttlMs);
    this.#options.shared?.write(credential, ttlMs);
  }

  #tagOf(credential: Credential): string {
    return this.#key.tag([CREDENTIAL_PURPOSE, ...credentialTexts(credential)]);
  }

  /** As long for any user name. */
  #ownerOf(username: string): string {
    return this.#key.tag([OWNER_PURPOSE, username]);
  }
}

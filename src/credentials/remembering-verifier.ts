import type { CacheSource, PasswordVerdict, PasswordVerifier } from '../gate/ports.js';
import { blur } from './blur.js';
import type { Credential } from './credential.js';
import { credentialTexts } from './credential.js';
import { CredentialMemory } from './credential-memory.js';
import type { HashBudget } from './hash-budget.js';
import { RefusalMemory } from './refusal-memory.js';
import type { SharedMemory } from './shared-memory.js';
import { ProcessTagKey } from './tag-key.js';

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
 * digest instead of a hash, and one that was just refused does so too. It remembers tags under a random key of the
 * process, of user name, what is stored, and password together: with another stored hash or another password a login
 * is another one. Those for whom nothing is stored go the same way as all others, so that time tells nothing.
 */
export class RememberingVerifier implements PasswordVerifier {
  readonly #options: RememberingOptions;
  readonly #key = new ProcessTagKey();
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
  verify(
    username: Credential['username'],
    stored: Credential['stored'],
    password: Credential['password'],
  ): PasswordVerdict | Promise<PasswordVerdict> {
    const credential: Credential = { username, stored, password };
    const tag = this.#tagOf(credential);
    const known = this.#memory.look(username, tag);
    if (known !== 'valid') return this.#verifyBlurred(credential, tag, known);
    this.#options.onCorrect?.(credential);
    return 'correct';
  }

  /** SECURITY: nobody who is refused, or told that it cannot be decided, is to learn anything from the time that it took. */
  async #verifyBlurred(
    credential: Credential,
    tag: string,
    known: 'ended' | undefined,
  ): Promise<PasswordVerdict> {
    try {
      const verdict =
        this.#refusals.get(tag) ?? (await (this.#open.get(tag) ?? this.#findOnce(credential, tag, known)));
      if (verdict === 'correct') this.#options.onCorrect?.(credential);
      else await blur();
      return verdict;
    } catch (error) {
      await blur();
      throw error;
    }
  }

  /** Takes note of a login that is known to be correct, as if it had just been verified. */
  remember(credential: Credential): void {
    this.#learn(credential, this.#tagOf(credential), 'correct');
  }

  /**
   * Forgets logins in this process, as when a client is disabled, deleted or gets another password: what is remembered
   * would not fit any more, and has no business to be there. What instances share is up to who makes the change.
   */
  forget(usernames: readonly string[]): void {
    for (const username of usernames) this.#memory.clear(username);
  }

  /** Takes note of a verdict that came too late for whoever asked. */
  learnLate(credential: Credential, verdict: PasswordVerdict): void {
    // What was reserved was given back when the time was up.
    if (verdict !== 'correct') this.#options.budget.charge(this.#ownerOf(credential.username));
    this.#learn(credential, this.#tagOf(credential), verdict);
  }

  #findOnce(credential: Credential, tag: string, known: 'ended' | undefined): Promise<PasswordVerdict> {
    const found = this.#find(credential, tag, known).finally(() => this.#open.delete(tag));
    this.#open.set(tag, found);
    return found;
  }

  async #find(credential: Credential, tag: string, known: 'ended' | undefined): Promise<PasswordVerdict> {
    const found = await this.#options.shared?.find(credential);
    if (typeof found === 'object' && credential.stored !== undefined) {
      this.#memory.set(credential.username, tag, Math.min(found.leftMs, this.#options.ttlMs));
      return 'correct';
    }
    // SECURITY: who comes with a password that was right before does not guess: no guesser is to keep a device out.
    return known === 'ended' || found === 'ended'
      ? this.#compare(credential, tag)
      : this.#compareWithinBudget(credential, tag);
  }

  async #compareWithinBudget(credential: Credential, tag: string): Promise<PasswordVerdict> {
    const reservation = this.#options.budget.reserve(this.#ownerOf(credential.username));
    try {
      const verdict = await this.#compare(credential, tag);
      if (verdict === 'correct') reservation.giveBack();
      return verdict;
    } catch (error) {
      reservation.giveBack();
      throw error;
    }
  }

  async #compare(credential: Credential, tag: string): Promise<PasswordVerdict> {
    const { username, stored, password } = credential;
    const verdict = await this.#options.verifier.verify(username, stored, password);
    this.#learn(credential, tag, verdict);
    return verdict;
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

import type { PolicyOptions } from '../../dynsec/policy.js';
import { UndecidedError } from '../../gate/errors.js';
import { changesSince } from './changes-since.js';
import type { ClientHolding, ClientIntake } from './client-holding.js';
import { FollowedRealm } from './followed-realm.js';
import type { ReadProgress, RealmSource } from './read-realm.js';
import type { WholeState } from './read-whole.js';
import { readConsistently, readWhole } from './read-whole.js';

/** Is told what becomes of the realm. */
export interface FollowerListener extends ReadProgress {
  /** A state is in force that was read whole. */
  restarted(realm: FollowedRealm, durationMs: number): void;
  /** A later state is in force. */
  advanced(realm: FollowedRealm): void;
}

/** What a follower is made of. */
export interface FollowerOptions extends RealmSource {
  /** How much of it is in memory. */
  readonly holding: ClientHolding;
  readonly policy: PolicyOptions;
  readonly listener: FollowerListener;
}

/**
 * Keeps a realm in memory what it is in Redis. Whoever wants the newest state calls {@link RealmFollower.catchUp}:
 * many who do so at once share the work.
 */
export class RealmFollower {
  #realm: FollowedRealm | undefined;
  #running: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;
  #isBehind = false;
  /** What runs next is to read, whatever it knows. */
  #mustRead = false;

  constructor(private readonly options: FollowerOptions) {}

  /** @throws UndecidedError while there is none. */
  get realm(): FollowedRealm {
    if (!this.#realm) throw new UndecidedError('not_ready');
    return this.#realm;
  }

  get hasRealm(): boolean {
    return this.#realm !== undefined;
  }

  /** The newest attempt to take what is in Redis has failed: there may be more than is in force. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * Resolves when a state is in force that is no older than this call; false where there is no realm in Redis.
   * @throws RecordError where it cannot be taken, and the errors of the connection: then the last state stays.
   */
  catchUp(): Promise<boolean> {
    if (!this.#running) return this.#run(() => this.#catchUp());
    // What is under way may have asked before this call.
    this.#next ??= this.#running.catch(() => false).then(() => this.#run(() => this.#catchUp()));
    return this.#next;
  }

  /**
   * A state with every client as it is: the one in force, or, where not all of that is in memory, one that is read.
   * @throws StoreError where it cannot be read.
   */
  async whole(): Promise<WholeState> {
    const { state, revision } = this.realm;
    return state.clients.isComplete ? { state, revision } : readWhole(this.options);
  }

  /** Reads the realm anew, whatever is known of it. As {@link RealmFollower.catchUp}. */
  reread(): Promise<boolean> {
    this.#mustRead = true;
    return this.catchUp();
  }

  #run(work: () => Promise<boolean>): Promise<boolean> {
    this.#next = undefined;
    const running = this.#tell(work()).finally(() => {
      // INVARIANT: one at a time. What is next has not begun yet, and who calls in between shares it.
      if (this.#running === running && !this.#next) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #tell(work: Promise<boolean>): Promise<boolean> {
    this.#isBehind = await work.then(
      () => false,
      () => true,
    );
    return work;
  }

  async #catchUp(): Promise<boolean> {
    const realm = this.#realm;
    if (!realm || this.#mustRead) return this.#read();
    const { listener } = this.options;
    const delta = await changesSince(this.options, realm, (problem) => {
      listener.damaged(problem);
    });
    if (delta === 'unknown') return this.#read();
    if (delta !== 'nothing') {
      realm.take(delta);
      listener.advanced(realm);
    }
    return true;
  }

  /**
   * Reads, and follows on from what was read: clients that have changed meanwhile are then of the same moment as all
   * else. A state that is in force stays so until then.
   */
  async #read(): Promise<boolean> {
    this.#mustRead = false;
    const { policy, listener, holding } = this.options;
    const startedAt = performance.now();
    const begin = (): ClientIntake => holding.intake(this.#realm?.state.clients);
    const found = await readConsistently(this.options, listener, begin);
    if (!found) return false;
    const { read, delta } = found;
    if (this.#realm) this.#realm.restart(read);
    else this.#realm = new FollowedRealm(read, policy);
    if (delta) this.#realm.take(delta);
    listener.restarted(this.#realm, performance.now() - startedAt);
    return true;
  }
}

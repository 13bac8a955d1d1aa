import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Draft } from '../../dynsec/commands/draft.js';
import type { Configuration } from '../../dynsec/entities.js';
import type { PolicyOptions } from '../../dynsec/policy.js';
import { StoreError, UndecidedError } from '../../gate/errors.js';
import type {
  ChangeLog,
  ChangeOrigin,
  Committed,
  Fleet,
  Health,
  HealthSource,
  RealmInstance,
  RealmStore,
  Snapshot,
  WholeRealm,
  Work,
} from '../../gate/ports.js';
import { configurationOf } from '../memory/memory-realm.js';
import { messageOf } from '../system-error.js';
import { ClientFetcher } from './client-fetcher.js';
import { BoundedHolding, HOLD_ALL } from './client-holding.js';
import type { CommitEvent } from './committer.js';
import { Committer } from './committer.js';
import { ContactNews } from './contact-news.js';
import type { FollowedRealm } from './followed-realm.js';
import type { RealmSource, ReadProgress } from './read-realm.js';
import type { RealmHead } from './realm-contact.js';
import { RealmContact } from './realm-contact.js';
import { RealmFollower } from './realm-follower.js';
import { RealmWriter } from './realm-writer.js';
import { RedisClock } from './redis-clock.js';
import { changeIdOf, isAtLeast, isRedisRevision } from './redis-revision.js';
import { realmKeys } from './redis-keys.js';
import type { RedisConnection, RedisScripts } from './redis-scripts.js';
import { within } from './within.js';
import { defineScripts } from './redis-scripts.js';

/** Is told what becomes of the realm. */
export interface RedisStoreListener extends ReadProgress {
  /** A state is in force that was read whole. */
  restarted(realm: FollowedRealm, durationMs: number): void;
  /** A later state is in force. */
  advanced(realm: FollowedRealm, lagMs: number): void;
  /** Contact is there (again), or is lost; the problem says why. */
  contact(isThere: boolean, problem: string): void;
  /** The realm is not there, and is created. */
  missing(problem: string): void;
  /** The realm may not be kept in this Redis: the store gives up. */
  refused(problem: string): void;
  /** One attempt at a change is over. */
  committed(event: CommitEvent): void;
}

/** What the store is made of. */
export interface RedisStoreOptions {
  readonly connections: {
    /** Blocks. */
    readonly follow: RedisConnection;
    /** Sends nothing twice. */
    readonly commit: RedisConnection;
    readonly read: RedisConnection;
  };
  readonly scripts: RedisScripts;
  readonly realm: string;
  /** Of this process, unlike all others. */
  readonly instanceId: string;
  readonly version: string;
  readonly policy: PolicyOptions;
  /** How old the newest contact may be, in ms. */
  readonly maxStalenessMs: number;
  /** How many replicas have to have a change before it is answered. */
  readonly replicas: number;
  /** Where a master may have been left behind, as with Sentinel: contact includes a write. */
  readonly mustWrite: boolean;
  readonly listener: RedisStoreListener;
  /**
   * Whether the realm may be kept there, asked once, before anything is read.
   * @returns why not; undefined: it may.
   */
  readonly inspect?: () => Promise<string | undefined>;
  /**
   * For how long a realm is missing before it is created, in ms; 0 if not given. Instances that have had it say so every
   * second: where it was lost, they are heard of by then.
   */
  readonly createAfterMs?: number;
  /** Creates a realm that is not there: `put` answers whether it was this instance that did. */
  readonly create: (put: (configuration: Configuration) => Promise<boolean>) => Promise<void>;
  /** How many changes are kept in Redis. */
  readonly changesKept?: number;
  /** How many clients are held in memory, 1 or more; absent: all. */
  readonly clientsHeld?: number;
  /** Whether instances share what they remember of logins, which ends with a change; false if not given. */
  readonly sharesLogins?: boolean;
}

/** How often the realm's head is compared, in ms, at least. */
const CONTACT_EVERY_MS = 500;
/** For how long contact counts, in ms. */
const CONTACT_KEPT_MS = 2_000;
/** For how long one read waits for changes, in ms. */
const BLOCK_MS = 1_000;
/** For how long what is left to do at the end may take, in ms. */
const CLOSE_MS = 1_000;
/** After a failure, in ms. */
const RETRY_MS = 200;
/** After a change, who waits for it to be enforced hears of it by then, in ms. */
const ANNOUNCE_WITHIN_MS = 30;
const CHANGES_KEPT = 10_000;

const CREATOR: ChangeOrigin = { via: 'default', by: 'default', from: '' };

/**
 * A realm in Redis, shared by many instances: it is held in memory, of its clients as many as is wanted, and follows what
 * any of them writes. Without Redis the newest known state serves on, until it is too old.
 */
export class RedisStore implements RealmStore, HealthSource, Fleet {
  readonly #follower: RealmFollower;
  readonly #writer: RealmWriter;
  readonly #contact: RealmContact;
  readonly #source: RealmSource;
  readonly #news: ContactNews;
  readonly #fetcher: ClientFetcher;
  readonly #aborter = new AbortController();
  #watch: Promise<void> | undefined;
  #isInspected = false;
  /** That the realm is not there yet has been told. */
  #isMissing = false;
  #contactAt = Number.NEGATIVE_INFINITY;
  #inForceSince = new Date();
  #instances: readonly RealmInstance[] = [];
  #announcing: NodeJS.Timeout | undefined;
  #missingSince: number | undefined;

  constructor(private readonly options: RedisStoreOptions) {
    const { connections, scripts, listener, policy, replicas, instanceId, mustWrite } = options;
    for (const connection of [connections.commit, connections.read]) defineScripts(scripts, connection);
    const keys = realmKeys(options.realm);
    const clock = new RedisClock();
    const source = { connection: connections.read, scripts, keys };
    this.#source = source;
    this.#news = new ContactNews(listener);
    const { clientsHeld } = options;
    const holding = clientsHeld === undefined ? undefined : new BoundedHolding(clientsHeld);
    const damaged = (problem: string): void => {
      listener.damaged(problem);
    };
    this.#follower = new RealmFollower({
      ...source,
      holding: holding ?? HOLD_ALL,
      policy,
      listener: {
        read: (clients, of) => {
          listener.read(clients, of);
        },
        damaged,
        restarted: (realm, durationMs) => {
          this.#moved();
          listener.restarted(realm, durationMs);
        },
        advanced: (realm) => {
          this.#moved();
          listener.advanced(realm, clock.now() - Number.parseInt(realm.position, 10));
        },
      },
    });
    this.#fetcher = new ClientFetcher({ source, follower: this.#follower, holding, damaged });
    this.#contact = new RealmContact(source, { id: instanceId, clock, mustWrite });
    const committer = new Committer({
      connection: connections.commit,
      reader: connections.read,
      keys,
      clock,
      replicas,
      committed: (event) => {
        listener.committed(event);
      },
    });
    this.#writer = new RealmWriter({
      source,
      follower: this.#follower,
      committer,
      fetcher: this.#fetcher,
      changesKept: options.changesKept ?? CHANGES_KEPT,
      sharesLogins: options.sharesLogins ?? false,
    });
  }

  /** Begins to follow; the first state may take as long as Redis does. */
  open(): void {
    this.#watch = this.#watchHead();
    void this.#watchChanges();
  }

  snapshot(): Snapshot {
    const { realm } = this.#follower;
    if (performance.now() - this.#contactAt > this.options.maxStalenessMs) throw new UndecidedError('stale');
    return realm.snapshot();
  }

  /** What cannot be decided by the state in force anyway is not waited for. */
  hold(username: string): Promise<void> | undefined {
    return this.contactAgeMs > this.options.maxStalenessMs ? undefined : this.#fetcher.hold(username);
  }

  async whole(): Promise<WholeRealm> {
    const { state, revision } = await this.#follower.whole();
    return { configuration: configurationOf(state), revision };
  }

  get changes(): ChangeLog {
    return this.#follower.realm.changes;
  }

  commit<T>(origin: ChangeOrigin, work: (draft: Draft) => Work<T>): Promise<Committed<T>> {
    return this.#writer.commit(origin, work);
  }

  replace(origin: ChangeOrigin, next: Configuration, expected?: string): Promise<Committed<undefined>> {
    return this.#writer.replace(origin, next, expected);
  }

  /** Takes over what was written by hand in Redis, on all instances. @throws as `commit`. */
  touch(origin: ChangeOrigin): Promise<Committed<undefined>> {
    return this.#writer.touch(origin);
  }

  async instances(): Promise<readonly RealmInstance[]> {
    try {
      return (await this.#announce()).instances;
    } catch (cause) {
      throw new StoreError(`the instances cannot be asked for: ${messageOf(cause)}`, { cause });
    }
  }

  isRevision(text: string): boolean {
    return isRedisRevision(text);
  }

  enforces(enforced: string, revision: string): boolean {
    return enforced !== '' && isAtLeast(changeIdOf(enforced), changeIdOf(revision));
  }

  /** How many clients are in memory. */
  get heldClients(): number {
    return this.#follower.hasRealm ? this.#follower.realm.state.clients.heldCount : 0;
  }

  health(): Health {
    if (!this.#follower.hasRealm)
      return { ready: false, policy: { state: 'absent', problem: this.#news.problem } };
    const policy = { revision: this.#follower.realm.revision, loadedAt: this.#inForceSince };
    const ageMs = performance.now() - this.#contactAt;
    if (this.#news.isThere && ageMs <= CONTACT_KEPT_MS)
      return { ready: true, policy: { state: 'current', ...policy } };
    const ready = ageMs <= this.options.maxStalenessMs;
    return { ready, policy: { state: 'stale', ...policy, problem: this.#news.problem } };
  }

  /** How long ago Redis last answered, in ms; Infinity: never. */
  get contactAgeMs(): number {
    return performance.now() - this.#contactAt;
  }

  /** Says that this instance ends, and follows no more. The connections are the caller's. */
  async close(): Promise<void> {
    if (this.#aborter.signal.aborted) return;
    this.#aborter.abort();
    clearTimeout(this.#announcing);
    await within(CLOSE_MS, this.#watch);
    await within(CLOSE_MS, this.#contact.leave());
  }

  get #isClosed(): boolean {
    return this.#aborter.signal.aborted;
  }

  /** Compares the head, again and again: contact is this, and nothing else. */
  async #watchHead(): Promise<void> {
    // Contact must not grow too old between two questions.
    const contactEveryMs = Math.min(CONTACT_EVERY_MS, this.options.maxStalenessMs / 4);
    while (!this.#isClosed) {
      const startedAt = performance.now();
      const isGood = await this.#compareHead();
      const pause = isGood ? contactEveryMs - (performance.now() - startedAt) : RETRY_MS;
      await this.#pause(Math.max(0, pause));
    }
  }

  async #compareHead(): Promise<boolean> {
    const startedAt = performance.now();
    try {
      if (!(await this.#inspect())) return false;
      const head = await this.#announce();
      if (head.revision === '') {
        if (!(await this.#createRealm())) return false;
      }
      const { hasRealm, isBehind } = this.#follower;
      if (!hasRealm || isBehind || this.#follower.realm.revision !== head.revision)
        await this.#follower.catchUp();
      this.#contactAt = startedAt;
      this.#news.found();
      return true;
    } catch (error) {
      this.#news.lost(error);
      return false;
    }
  }

  async #inspect(): Promise<boolean> {
    if (this.#isInspected) return true;
    const refusal = await this.options.inspect?.();
    this.#isInspected = true;
    if (refusal === undefined) return true;
    this.#aborter.abort();
    this.options.listener.refused(refusal);
    return false;
  }

  /** A realm that was there and is gone is not made anew: what is known of it serves on, as without Redis. */
  async #createRealm(): Promise<boolean> {
    const { listener, create } = this.options;
    const others = this.#instances.filter(({ revision }) => revision !== '');
    if (this.#follower.hasRealm || others.length > 0) {
      this.#news.lost('the realm is gone from Redis: restore it, or restart every instance to begin anew');
      return false;
    }
    this.#missingSince ??= performance.now();
    if (performance.now() - this.#missingSince < (this.options.createAfterMs ?? 0)) return false;
    if (!this.#isMissing) listener.missing('the realm is not in Redis yet: it is created');
    this.#isMissing = true;
    await create((configuration) => this.#writer.create(CREATOR, configuration));
    return this.#follower.catchUp();
  }

  async #announce(): Promise<RealmHead> {
    const { hasRealm } = this.#follower;
    const head = await this.#contact.announce({
      version: this.options.version,
      revision: hasRealm ? this.#follower.realm.revision : '',
      since: this.#inForceSince.toISOString(),
      host: hostname(),
      pid: process.pid,
    });
    this.#instances = head.instances;
    return head;
  }

  /** Reading only wakes: what there is to know is asked for at once, whole. */
  async #watchChanges(): Promise<void> {
    const { follow } = this.options.connections;
    const { changes } = this.#source.keys;
    while (!this.#isClosed) {
      if (!this.#follower.hasRealm) {
        await this.#pause(RETRY_MS / 4);
        continue;
      }
      try {
        const { position } = this.#follower.realm;
        const news = await follow.xread('COUNT', 1, 'BLOCK', BLOCK_MS, 'STREAMS', changes, position);
        if (news) await this.#follower.catchUp();
      } catch {
        // The watch over the head tells why.
        await this.#pause(RETRY_MS);
      }
    }
  }

  #moved(): void {
    this.#inForceSince = new Date();
    if (this.#isClosed) return;
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined;
      this.#announce().catch(() => undefined);
    }, ANNOUNCE_WITHIN_MS).unref();
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#aborter.signal }).catch(() => undefined);
  }
}

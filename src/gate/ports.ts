/**
 * What the use cases need from outside, implemented by the layers around them.
 */
import type { Decision } from '../dynsec/decision.js';
import type { Draft } from '../dynsec/commands/draft.js';
import type { Client, Configuration, StoredPassword } from '../dynsec/entities.js';
import type { Policy } from '../dynsec/policy.js';

/**
 * One consistent state of the realm: everything in it was true at the same moment, and nothing of it changes.
 * A check takes one snapshot and decides by it alone.
 */
export interface Snapshot {
  /** The compiled roles, groups and settings. */
  readonly policy: Policy;
  /** Which state this is; a later one has another. Opaque. */
  readonly revision: string;
  /**
   * The client of that name, or undefined where there is none.
   * @throws ClientNotHeldError where there is one that is not in memory: see {@link PolicyStore.hold}.
   */
  client(username: string): Client | undefined;
}

/** Where the state of the realm comes from. */
export interface PolicyStore {
  /**
   * The newest state, from memory.
   * @throws UndecidedError while there is none yet.
   */
  snapshot(): Snapshot;
  /**
   * Brings a client into memory, where not all of them are. Absent: all are.
   * @returns what is to be waited for before snapshots have the client, for as long as nothing else is waited for;
   * undefined: nothing. It rejects with ClientNotHeldError where the client is not had in time.
   */
  hold?(username: string): Promise<void> | undefined;
}

/**
 * How somebody came to make a change: `login` with the password of a client; `token`, one of those configured; `file`,
 * an edit of the file from outside; `rehash`, a password hash replaced by a stronger one of the same password;
 * `default`, what a realm begins with.
 */
export type ChangeVia = (typeof CHANGE_VIAS)[number];

/** Every {@link ChangeVia}. */
export const CHANGE_VIAS = ['login', 'token', 'file', 'rehash', 'default'] as const;

/** Who asks for a change, for the change log. */
export interface ChangeOrigin {
  readonly via: ChangeVia;
  /** With `login` the user name, else the same word as {@link ChangeOrigin.via}: a client may be called so, too. */
  readonly by: string;
  /** The network address, empty where there is none. */
  readonly from: string;
}

/** One change of a realm, as the change log has it. Holds no password material. */
export interface Change extends ChangeOrigin {
  readonly revision: string;
  /** The revision before it: who has that one has missed nothing. */
  readonly previous: string;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
  /** The commands of it, as dynsec spells them; `document` where a whole one was put in place, or `rehash`. */
  readonly commands: readonly string[];
  /** The entities that were created, changed or deleted. */
  readonly touched: {
    readonly clients: readonly string[];
    readonly groups: readonly string[];
    readonly roles: readonly string[];
    readonly settings: boolean;
  };
}

/** What work on a draft came to. */
export interface Work<T> {
  readonly result: T;
  /** For the change log. */
  readonly commands: readonly string[];
  /** The draft is to be thrown away, kicks included. */
  readonly isUndone?: boolean;
}

/** A piece of work that is done, durably. */
export interface Committed<T> {
  readonly result: T;
  /** Of the state that holds it; the one before where the work neither changed anything nor kicked anybody. */
  readonly revision: string;
  /** Whom it touches, by user name, null for all who have none. */
  readonly kicked: () => readonly (string | null)[];
}

/** All of a realm, of one moment. */
export interface WholeRealm {
  readonly configuration: Configuration;
  readonly revision: string;
}

/** A realm that can be changed. */
export interface RealmStore extends PolicyStore {
  /**
   * Runs work on a draft of the newest state, and resolves when its changes are durable and in force.
   * @param work may be run again, on a new draft; has no effects but on the draft.
   * @throws StoreError where the change could not be made durable: then it is not made.
   */
  commit<T>(origin: ChangeOrigin, work: (draft: Draft) => Work<T>): Promise<Committed<T>>;
  /**
   * The whole realm, without void references, and its revision, of one moment.
   * @throws StoreError where it would have to be read, and cannot be.
   */
  whole(): Promise<WholeRealm>;
  /**
   * Puts a whole configuration in the place of the realm. Names that stay keep their incarnations.
   * @param expected the revision that is to be replaced; undefined: any.
   * @throws RevisionConflictError where the realm has another one.
   * @throws StoreError as `commit`.
   */
  replace(origin: ChangeOrigin, next: Configuration, expected?: string): Promise<Committed<undefined>>;
  readonly changes: ChangeLog;
}

/** An instance that serves a realm. */
export interface RealmInstance {
  readonly id: string;
  readonly version: string;
  /** The state that it enforces; empty: none yet. */
  readonly revision: string;
  /** Since when, as ISO 8601 in UTC. */
  readonly since: string;
  readonly host: string;
  readonly pid: number;
  /** How long ago it last said so, in ms. */
  readonly heardMsAgo: number;
}

/** The instances of a realm, of which this is one. */
export interface Fleet {
  /** All that were heard of lately, as they are now. @throws StoreError where they cannot be asked. */
  instances(): Promise<readonly RealmInstance[]>;
  /** Whether a text looks like a revision of this realm. */
  isRevision(text: string): boolean;
  /** Whether who enforces one state enforces another, which came before it or is the same. */
  enforces(enforced: string, revision: string): boolean;
  /** Takes over what was written into the store by hand, on all instances. @throws as {@link RealmStore.commit}. */
  touch(origin: ChangeOrigin): Promise<Committed<undefined>>;
}

/** The newest changes of a realm, in order. */
export interface ChangeLog {
  /**
   * What came after a revision, the oldest first, at most `count`; undefined where that revision is not known here
   * (any more): who asks has to begin anew. Without a revision, from the oldest that is kept.
   */
  after(revision: string | undefined, count: number): readonly Change[] | undefined;
  /** Whom a change touched, as {@link Committed.kicked}; undefined where it is not known (any more). */
  kicked(revision: string): readonly (string | null)[] | undefined;
  /** Calls back with every change from now on, in order. @returns what ends it. */
  subscribe(listener: (change: Change) => void): () => void;
}

/** What the comparison of a password with a stored one says. `unusable`: no password fits what is stored. */
export type PasswordVerdict = 'correct' | 'wrong' | 'unusable';

/** Whether a stored password can be compared at all: not where it cannot be read, or would take too long to compute. */
export type IsUsablePassword = (stored: StoredPassword) => boolean;

/** Compares passwords with stored ones, off the event loop. */
export interface PasswordVerifier {
  /**
   * Takes as long where nothing is stored (`undefined`; the verdict is then `unusable`) as where something is.
   * @param username whose login this is: one user name has at most one comparison under way.
   * @returns the verdict, at once where it is known already.
   * @throws UndecidedError, or rejects with it, when it cannot be told in time.
   */
  verify(
    username: string,
    stored: StoredPassword | undefined,
    password: string,
  ): PasswordVerdict | Promise<PasswordVerdict>;
}

/** Hashes new passwords. */
export interface PasswordHasher {
  /**
   * Hashes a password in the configured form, or a stronger one where what is stored now is stronger.
   * The error is one for the caller: the password cannot be hashed in that form.
   * @throws UndecidedError when it is not done in time.
   */
  hashNew(
    password: string,
    stored: StoredPassword | undefined,
  ): Promise<{ readonly encoded: string } | { readonly error: string }>;
}

/**
 * What all instances of a fleet remember of verified logins: one tag for each user name of the realm, which nobody can
 * make or check without the credential key. Losing all of it costs time and nothing else; so both may fail, and be
 * late: nobody waits longer than 200 ms, and nobody waits for `set`. The tags of logins that a change ends go with that
 * change: that is up to the store.
 */
export interface SharedCredentials {
  /** The tag that was set last, or undefined where there is none (any more). */
  get(username: string): Promise<string | undefined>;
  /** Keeps a tag in place of any other: up to 80 characters of ASCII, for a whole number of milliseconds, 1 or more. */
  set(username: string, tag: string, ttlMs: number): Promise<void>;
}

/** Work of a hash thread that is done. */
export interface HashWork {
  readonly kind: 'compare' | 'hash';
  /** How long it waited for a thread. */
  readonly waitSeconds: number;
  readonly durationSeconds: number;
}

/** Is told what logins cost. Must be quick, and must not throw. */
export interface CredentialObserver {
  /** A login was looked for in {@link SharedCredentials}. `failure`: no answer, or not in time. */
  sharedLookup(result: 'hit' | 'miss' | 'failure'): void;
  /** A tag could not be kept there. */
  sharedWriteFailed(): void;
  /** A comparison was refused, since too many had failed: for the user name, or for all. */
  budgetRefused(budget: 'username' | 'overall'): void;
  hashed(work: HashWork): void;
  /** A weak hash: replaced by a stronger one, not the stored one any more, not to be replaced, or not written. */
  rehashed(outcome: RehashOutcome): void;
}

/** What became of a hash that could be stronger. `kept`: the password cannot be hashed in the configured form. */
export type RehashOutcome = 'replaced' | 'changed' | 'kept' | 'failed';

/** What is told of every check that was answered, for metrics and logs. */
export interface CheckEvent {
  readonly check: 'user' | 'superuser' | 'acl';
  /** The broker that asked, one of the configured names; `unknown` for another, empty where none is named. */
  readonly broker: string;
  readonly outcome: 'allow' | 'deny' | 'undecided' | 'refused';
  /** The reason of the outcome; for `refused`, requests that are no check, what was wrong with them. */
  readonly reason: string;
  readonly durationSeconds: number;
  /** What the check was about, as far as it could be read. Never a password. */
  readonly subject: CheckSubject | undefined;
  /** Of `refused`: what is wrong, for people. */
  readonly detail: string | undefined;
  /** Of an ACL check: what decided. */
  readonly decision: Decision | undefined;
}

/** What a check was about. */
export interface CheckSubject {
  readonly username: string;
  readonly clientid?: string;
  readonly topic?: string;
  readonly access?: string;
}

/** Is told of checks. Must be quick, and must not throw. */
export interface CheckObserver {
  observe(event: CheckEvent): void;
}

/** Whether an instance can serve, and what is wrong with it. */
export interface Health {
  /** Checks can be decided. */
  readonly ready: boolean;
  readonly policy: {
    /** `stale`: the newest state could not be taken, and the last good one serves. */
    readonly state: 'absent' | 'current' | 'stale';
    readonly revision?: string;
    /** When the state that serves was taken. */
    readonly loadedAt?: Date;
    /** Why the newest state could not be taken; shows places, no values. */
    readonly problem?: string;
  };
}

/** Tells how an instance is. */
export interface HealthSource {
  health(): Health;
}

/** A part of what an instance tells of itself. */
export interface StatusSource {
  /** The name of its section: one word, each of another name. */
  readonly name: string;
  /**
   * What is to be told, as JSON has it, within a second; never a password. What is out of reach is told as such: an
   * error would hide all the other sections.
   */
  status(): object | Promise<object>;
  /**
   * Where several processes serve, of a section that adds up: what it comes to, of what each of them tells, at least
   * one. Absent: each tells its own.
   */
  sum?(statuses: readonly object[]): object;
}

/** The processes that serve as one, this one among them, where there are several. */
export interface Workers {
  /**
   * Answers a question of that name from now on, whoever of them asks; both ways as JSON has it.
   * @returns what asks all of them, and waits some two seconds for those that do not answer. It rejects where this
   * process itself cannot answer.
   */
  inAll<About, T>(
    name: string,
    answer: (about: About) => Promise<T>,
  ): (about: About) => Promise<WorkerAnswers<T>>;
}

/** What several processes have answered. */
export interface WorkerAnswers<T> {
  /** That of the one that asked is the first. */
  readonly answers: readonly T[];
  /** The process ids of those that have not answered in time, and may have done what was asked for, or do it later. */
  readonly silent: readonly number[];
}

/** How full a cache is, and how much it spares. */
export interface CacheStatus {
  readonly entries: number;
  /** 0: the cache is off. */
  readonly maxEntries: number;
  /** About how much memory the entries take. */
  readonly bytes: number;
  /** Answers from the cache since the instance started. */
  readonly hits: number;
  /** Questions since then that it had no answer to. */
  readonly misses: number;
}

/** Something remembered that can be found out again. */
export interface CacheSource {
  /** One word, each of another name. */
  readonly name: string;
  status(): CacheStatus;
  /** Forgets everything, or what is known of one user name. @returns how many entries that was. */
  clear(username?: string): number | Promise<number>;
}

/** What is given up under load, each step with all before it: first new logins, then everything. */
export type Shedding = 'nothing' | 'logins' | 'everything';

/** Tells how much there is to do. */
export interface LoadSource {
  /** Quick: it is asked before each check. */
  shedding(): Shedding;
}

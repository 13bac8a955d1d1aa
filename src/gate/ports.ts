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
  /** The client of that name, or undefined where there is none. */
  client(username: string): Client | undefined;
}

/** Where the state of the realm comes from. */
export interface PolicyStore {
  /**
   * The newest state, from memory.
   * @throws UndecidedError while there is none yet.
   */
  snapshot(): Snapshot;
}

/** Who asks for a change, for the change log. */
export interface ChangeOrigin {
  /** A user name, `token` for who shows one of the configured ones, or `file` for an edit from outside. */
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
  /** The commands of it, as dynsec spells them; `document` where a whole one was put in place. */
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

/** A realm that can be changed. */
export interface RealmStore extends PolicyStore {
  /**
   * Runs work on a draft of the newest state, and resolves when its changes are durable and in force.
   * @param work may be run again, on a new draft; has no effects but on the draft.
   * @throws StoreError where the change could not be made durable: then it is not made.
   */
  commit<T>(origin: ChangeOrigin, work: (draft: Draft) => Work<T>): Promise<Committed<T>>;
  /** The whole realm, without void references, and its revision, of one moment. */
  whole(): { readonly configuration: Configuration; readonly revision: string };
  /**
   * Puts a whole configuration in the place of the realm. Names that stay keep their incarnations.
   * @param expected the revision that is to be replaced; undefined: any.
   * @throws RevisionConflictError where the realm has another one.
   * @throws StoreError as `commit`.
   */
  replace(origin: ChangeOrigin, next: Configuration, expected?: string): Promise<Committed<undefined>>;
  readonly changes: ChangeLog;
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

/** Compares passwords with stored ones, off the event loop. */
export interface PasswordVerifier {
  /**
   * Takes as long where nothing is stored (`undefined`; the verdict is then `unusable`) as where something is.
   * @param username whose login this is: one user name has at most one comparison under way.
   * @throws UndecidedError when it cannot be told in time.
   */
  verify(username: string, stored: StoredPassword | undefined, password: string): Promise<PasswordVerdict>;
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

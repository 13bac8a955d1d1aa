/**
 * What the use cases need from outside, implemented by the layers around them.
 */
import type { Decision } from '../dynsec/decision.js';
import type { Client, StoredPassword } from '../dynsec/entities.js';
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

import { isClientIdAllowed } from '../dynsec/clientid-binding.js';
import type { Subject } from '../dynsec/decision.js';
import type { StoredPassword } from '../dynsec/entities.js';
import { isSamePassword } from '../dynsec/is-same-password.js';
import { subjectOf } from '../dynsec/subject.js';
import { holdClient } from './hold-client.js';
import { UndecidedError } from './errors.js';
import type { PasswordVerdict, PasswordVerifier, PolicyStore, Snapshot } from './ports.js';

/** What a client shows when it connects. Null and empty are the same: not sent. */
export interface Login {
  readonly username: string | null;
  readonly password: string | null;
  readonly clientid: string | null;
}

/** The answer to a login, with its reason. */
export type LoginOutcome =
  | { readonly allowed: true; readonly reason: 'authenticated' | 'anonymous' }
  | { readonly allowed: false; readonly reason: LoginRefusal };

/** Why a login is refused. */
export type LoginRefusal =
  | 'anonymous_not_allowed'
  | 'unknown_client'
  | 'disabled'
  | 'clientid_mismatch'
  | 'empty_password'
  /** Nothing is stored: the client cannot log in with any password. */
  | 'no_password'
  | 'wrong_password'
  /** What is stored is no hash that Gatehouse can or will compute. */
  | 'unusable_password';

/**
 * Answers logins, at once where there is nothing to wait for, as with those that are remembered. @throws UndecidedError,
 * or rejects with it, where a login cannot be decided.
 */
export type Authenticate = (login: Login) => LoginOutcome | Promise<LoginOutcome>;

/** How often a login begins anew because the stored password has changed while it was compared. */
const MAX_LOOKS = 3;

/**
 * Makes the login check, in dynsec's order: disabled, client id, password.
 * SECURITY: every refusal of a login with a user name and a password costs one comparison of passwords, so that the
 * time it takes does not tell which clients there are. And computing a hash takes its time: nobody gets in by what was
 * true before it, as when the client is disabled meanwhile.
 */
export function createAuthenticate(store: PolicyStore, verifier: PasswordVerifier): Authenticate {
  return ({ username, password, clientid }) => {
    // An instance that has no state, or too old a one, decides nothing at all.
    const { policy } = store.snapshot();
    if (!username) {
      return policy.options.allowAnonymous
        ? { allowed: true, reason: 'anonymous' }
        : refuse('anonymous_not_allowed');
    }
    if (!password) return refuse('empty_password');
    return new Attempt(store, verifier, { username, password, clientid }).look();
  };
}

/** A login with a user name and a password. */
interface NamedLogin extends Login {
  readonly username: string;
  readonly password: string;
}

/** One login on its way. */
class Attempt {
  #looks = 0;

  constructor(
    private readonly store: PolicyStore,
    private readonly verifier: PasswordVerifier,
    private readonly login: NamedLogin,
  ) {}

  /** Decides by the newest state. */
  look(): LoginOutcome | Promise<LoginOutcome> {
    if (++this.#looks > MAX_LOOKS) throw new UndecidedError('hash_deadline');
    const waiting = holdClient(this.store, this.login.username);
    return waiting ? waiting.then(() => this.#compare()) : this.#compare();
  }

  #compare(): LoginOutcome | Promise<LoginOutcome> {
    const { username, password } = this.login;
    const found = this.#lookUp();
    const verdict = this.verifier.verify(username, found.stored, password);
    return verdict instanceof Promise
      ? verdict.then((later) => this.#judgeLater(found, later))
      : judge(found, verdict);
  }

  /** What it was decided by has to be in force still: a hash takes its time. */
  async #judgeLater(found: LookUp, verdict: PasswordVerdict): Promise<LoginOutcome> {
    const outcome = judge(found, verdict);
    if (!outcome.allowed || this.store.snapshot() === found.snapshot) return outcome;
    const waiting = holdClient(this.store, this.login.username);
    if (waiting) await waiting;
    const now = this.#lookUp();
    if (now.refusal !== undefined) return refuse(now.refusal);
    return isSamePassword(now.stored, found.stored) ? outcome : this.look();
  }

  #lookUp(): LookUp {
    const { username, clientid } = this.login;
    const snapshot = this.store.snapshot();
    const subject = subjectOf(username, (name) => snapshot.client(name));
    const refusal = refuseSubject(subject, clientid);
    return { snapshot, refusal, stored: refusal === undefined ? storedPasswordOf(subject) : undefined };
  }
}

/** What there is to say of a login before its password is looked at. */
interface LookUp {
  readonly snapshot: Snapshot;
  readonly refusal: LoginRefusal | undefined;
  /** Undefined where it is refused, too. */
  readonly stored: StoredPassword | undefined;
}

function judge({ refusal, stored }: LookUp, verdict: PasswordVerdict): LoginOutcome {
  if (refusal !== undefined) return refuse(refusal);
  return stored === undefined ? refuse('no_password') : OUTCOMES[verdict];
}

const OUTCOMES: Readonly<Record<PasswordVerdict, LoginOutcome>> = {
  correct: { allowed: true, reason: 'authenticated' },
  wrong: { allowed: false, reason: 'wrong_password' },
  unusable: { allowed: false, reason: 'unusable_password' },
};

function refuse(reason: LoginRefusal): LoginOutcome {
  return { allowed: false, reason };
}

function refuseSubject(subject: Subject, clientid: string | null): LoginRefusal | undefined {
  if (subject.kind !== 'client') return 'unknown_client';
  if (subject.client.disabled) return 'disabled';
  return isClientIdAllowed(subject.client, clientid) ? undefined : 'clientid_mismatch';
}

function storedPasswordOf(subject: Subject): StoredPassword | undefined {
  return subject.kind === 'client' ? subject.client.password : undefined;
}

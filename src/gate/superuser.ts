import { isClientIdAllowed } from '../dynsec/clientid-binding.js';
import { subjectOf } from '../dynsec/subject.js';
import type { PolicyStore } from './ports.js';

/** The answer to a superuser check, with its reason. */
export type SuperuserOutcome =
  | { readonly allowed: true; readonly reason: 'superuser' }
  | { readonly allowed: false; readonly reason: SuperuserRefusal };

/** Why somebody is not answered as a superuser. */
export type SuperuserRefusal =
  | 'not_superuser'
  | 'unknown_client'
  | 'disabled'
  /** The check carries no client id, and this client is bound to some: its ACL checks, which do, allow it. */
  | 'clientid_mismatch';

/** Answers superuser checks. @throws UndecidedError where that cannot be decided. */
export type CheckSuperuser = (username: string | null) => SuperuserOutcome;

/** Makes the superuser check. */
export function createCheckSuperuser(store: PolicyStore): CheckSuperuser {
  return (username) => {
    const snapshot = store.snapshot();
    const subject = subjectOf(username, (name) => snapshot.client(name));
    if (subject.kind === 'unknown') return { allowed: false, reason: 'unknown_client' };
    if (subject.kind === 'anonymous') return { allowed: false, reason: 'not_superuser' };
    const { client } = subject;
    if (client.disabled) return { allowed: false, reason: 'disabled' };
    if (!client.superuser) return { allowed: false, reason: 'not_superuser' };
    return isClientIdAllowed(client, null)
      ? { allowed: true, reason: 'superuser' }
      : { allowed: false, reason: 'clientid_mismatch' };
  };
}

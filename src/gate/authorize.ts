import { decide } from '../dynsec/decide.js';
import type { Decision } from '../dynsec/decision.js';
import type { Access } from '../dynsec/entities.js';
import { subjectOf } from '../dynsec/subject.js';
import type { PolicyStore } from './ports.js';

/** What a client is about to do. Null and empty names are the same: not sent. */
export interface AclCheck {
  readonly username: string | null;
  readonly clientid: string | null;
  readonly topic: string;
  readonly access: Access;
}

/** Answers ACL checks. @throws UndecidedError where a check cannot be decided. */
export type Authorize = (check: AclCheck) => Decision;

/** Makes the ACL check. */
export function createAuthorize(store: PolicyStore): Authorize {
  return ({ username, clientid, topic, access }) => {
    const snapshot = store.snapshot();
    const subject = subjectOf(username, (name) => snapshot.client(name));
    return decide(snapshot.policy, subject, { access, topic, clientid: clientid || null });
  };
}

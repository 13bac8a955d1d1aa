import { decide } from '../dynsec/decide.js';
import type { Decision, DecisionSource, ReachedRole } from '../dynsec/decision.js';
import type { Acl, DefaultAclAccess } from '../dynsec/entities.js';
import { subjectOf } from '../dynsec/subject.js';
import { substituteTemplate } from '../dynsec/topic-template.js';
import type { TracedRole } from '../dynsec/trace.js';
import { Trace } from '../dynsec/trace.js';
import type { AclCheck } from './authorize.js';
import { holdClient } from './hold-client.js';
import type { PolicyStore } from './ports.js';

/** A decision for people: what decided, and everything that was looked at before it. */
export interface Explanation extends DescribedDecision {
  readonly request: AclCheck;
  /** The state of the realm by which it was decided. */
  readonly revision: string;
  readonly defaultACLAccess: DefaultAclAccess;
  /** Every role in the order of evaluation, up to the one that decided. */
  readonly trace: readonly TracedRole[];
}

/** A decision as it can be written down. */
export interface DescribedDecision {
  readonly allowed: boolean;
  readonly reason: Decision['reason'];
  /** The role that decided, where one did. */
  readonly role?: ReachedRole;
  /** Its rule, where it was one, with the topic after substitution. */
  readonly acl?: Acl & { readonly substituted: string };
}

/** Explains ACL checks. @throws UndecidedError where a check could not be decided either. */
export type Explain = (check: AclCheck) => Explanation;

/** As {@link Explain}, of clients that have to be brought into memory first, too. */
export type ExplainHeld = (check: AclCheck) => Promise<Explanation>;

/** Makes it. */
export function createExplainHeld(store: PolicyStore): ExplainHeld {
  const explain = createExplain(store);
  return async (check) => {
    await holdClient(store, check.username);
    return explain(check);
  };
}

/** Makes the explanation of a check; it goes through the same code as the check itself. */
export function createExplain(store: PolicyStore): Explain {
  return (check) => {
    const snapshot = store.snapshot();
    const { username, clientid, topic, access } = check;
    const subject = subjectOf(username, (name) => snapshot.client(name));
    const trace = new Trace(access);
    const decision = decide(snapshot.policy, subject, { access, topic, clientid: clientid || null }, trace);
    return {
      ...describeDecision(decision),
      request: check,
      revision: snapshot.revision,
      defaultACLAccess: snapshot.policy.defaultACLAccess,
      trace: trace.roles,
    };
  };
}

/** Writes a decision down. */
export function describeDecision({ allowed, reason, source }: Decision): DescribedDecision {
  return { allowed, reason, ...(source ? describeSource(source) : {}) };
}

function describeSource({ role, rule, identity }: DecisionSource): Pick<DescribedDecision, 'role' | 'acl'> {
  if (!rule) return { role };
  return { role, acl: { ...rule.acl, substituted: substituteTemplate(rule.template, identity) } };
}

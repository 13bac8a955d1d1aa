import { isClientIdAllowed } from './clientid-binding.js';
import type { RoleVerdict } from './compiled-role.js';
import type {
  AccessRequest,
  Decision,
  DecisionSource,
  DenyReason,
  ReachedRole,
  Subject,
} from './decision.js';
import type { Client, Group, RoleReference } from './entities.js';
import type { Identity } from './identity.js';
import type { Policy } from './policy.js';
import type { SearchNotes } from './rule-index.js';
import { isTopicFilter, isTopicName, parseSharedFilter } from './topic.js';
import { TopicLevels } from './topic-levels.js';
import type { TraceSink } from './trace.js';

/**
 * Decides whether a subject may do what it asks for. Total and synchronous: every input has an answer.
 *
 * The order is dynsec's: the client's roles, then its groups' roles, each by priority and name; the first rule
 * that applies decides; then the default access (spec of dynsec 2.1.2: `acl.c`).
 * @param trace is told of every role on the way; the answer is the same with and without it.
 */
export function decide(
  policy: Policy,
  subject: Subject,
  request: AccessRequest,
  trace?: TraceSink,
): Decision {
  const refusal = refuseTopic(request) ?? refuseSubject(policy, subject, request);
  if (refusal) return { allowed: false, reason: refusal };
  if (subject.kind === 'client' && subject.client.superuser) return { allowed: true, reason: 'superuser' };
  const search = new RoleSearch(policy, subject, trace);
  const inner = policy.options.sharedSubscriptions === 'filter' ? innerFilter(request) : undefined;
  return inner === undefined ? decideTopic(search, request) : decideShared(search, request, inner);
}

/** PARITY: what brokers refuse before, or whatever, the plugin says (2.0.11 and 2.1.2). */
function refuseTopic({ access, topic }: AccessRequest): DenyReason | undefined {
  if (access === 'subscribe' || access === 'unsubscribe') {
    return isTopicFilter(topic) ? undefined : 'invalid_topic';
  }
  if (!isTopicName(topic)) return 'invalid_topic';
  if (!topic.startsWith('$')) return undefined;
  if (topic.startsWith('$share')) return 'protected_topic';
  if (access === 'publishClientReceive' || !topic.startsWith('$SYS')) return undefined;
  return /^\$SYS\/broker\/connection\/[^/]*\/state$/.test(topic) ? undefined : 'protected_topic';
}

/**
 * SECURITY: an ACL check may be all that is ever asked of a client (certificates, the plugin's cache of logins),
 * so each one looks at all of this by itself.
 */
function refuseSubject(policy: Policy, subject: Subject, request: AccessRequest): DenyReason | undefined {
  if (subject.kind === 'anonymous')
    return policy.options.allowAnonymous ? undefined : 'anonymous_not_allowed';
  if (subject.kind === 'unknown') return 'unknown_client';
  if (subject.client.disabled) return 'disabled';
  return isClientIdAllowed(subject.client, request.clientid) ? undefined : 'clientid_mismatch';
}

function innerFilter({ access, topic }: AccessRequest): string | undefined {
  if (access !== 'subscribe' && access !== 'unsubscribe') return undefined;
  return parseSharedFilter(topic)?.filter;
}

function decideTopic(search: RoleSearch, request: AccessRequest): Decision {
  return search.find(request) ?? decideByDefault(search, request);
}

/** A subscription to `$share/g/filter` read as one to the filter: either text may be the one that rules speak of. */
function decideShared(search: RoleSearch, request: AccessRequest, inner: string): Decision {
  const whole = search.find(request);
  if (whole?.allowed === false) return whole;
  const innerRequest = { ...request, topic: inner };
  const filter = search.find(innerRequest);
  if (filter?.allowed === false) return filter;
  return whole ?? filter ?? decideByDefault(search, innerRequest);
}

function decideByDefault({ policy, notes }: RoleSearch, { access, topic }: AccessRequest): Decision {
  if (policy.defaultACLAccess[access]) {
    // PARITY: the characters count, not the level: `$CONTROLfoo` is meant too (2.0.11 and 2.1.2).
    if (topic.startsWith('$CONTROL')) return { allowed: false, reason: 'control_topic' };
    return { allowed: true, reason: 'allowed_by_default' };
  }
  return { allowed: false, reason: notes.sawUnsafeAllow ? 'unsafe_identity' : 'no_match' };
}

/** Walks over the roles of one subject. */
class RoleSearch {
  readonly notes: SearchNotes = { sawUnsafeAllow: false };

  constructor(
    readonly policy: Policy,
    private readonly subject: Subject,
    private readonly trace: TraceSink | undefined,
  ) {}

  /** The decision of the first role that has one. */
  find(request: AccessRequest): Decision | undefined {
    const asked = {
      access: request.access,
      clientid: request.clientid,
      topic: new TopicLevels(request.topic),
    };
    if (this.subject.kind === 'client') return this.#findForClient(asked, this.subject.client);
    const group = this.policy.anonymousGroup;
    return (
      group && this.#findInRoles(asked, group.roles, 'anonymousGroup', identityOf(asked, undefined, group))
    );
  }

  #findForClient(asked: Asked, client: Client): Decision | undefined {
    const direct = this.#findInRoles(asked, client.roles, 'client', identityOf(asked, client, undefined));
    if (direct) return direct;
    for (const { groupname, incarnation } of client.groups) {
      const group = this.policy.groups.get(groupname);
      // Void, as below: a membership of a group that is gone.
      if (group?.incarnation !== incarnation) continue;
      const decision = this.#findInRoles(asked, group.roles, 'group', identityOf(asked, client, group));
      if (decision) return decision;
    }
    return undefined;
  }

  #findInRoles(
    { access, topic }: Asked,
    references: readonly RoleReference[],
    path: ReachedRole['path'],
    identity: Identity,
  ): Decision | undefined {
    for (const { rolename, incarnation, priority } of references) {
      const compiled = this.policy.roles.get(rolename);
      // A void reference: to a role that is gone, whether or not there is a new one of its name.
      if (compiled?.role.incarnation !== incarnation) continue;
      const verdict = compiled.evaluate(access, topic, identity, this.notes);
      const role = { path, rolename, priority, groupname: identity.group };
      this.trace?.visit({ role, compiled, topic, identity, verdict });
      if (verdict) return decisionOf(verdict, role, identity);
    }
    return undefined;
  }
}

/** A request with its topic taken apart. */
interface Asked {
  readonly access: AccessRequest['access'];
  readonly clientid: string | null;
  readonly topic: TopicLevels;
}

function identityOf(asked: Asked, client: Client | undefined, group: Group | undefined): Identity {
  return {
    username: client?.username ?? null,
    clientid: asked.clientid,
    group: group?.groupname ?? null,
    attributes: client?.attributes,
  };
}

function decisionOf(verdict: RoleVerdict, role: ReachedRole, identity: Identity): Decision {
  if (verdict.cause === 'wildcard_subscription') {
    return { allowed: false, reason: verdict.cause, source: { role, rule: undefined, identity } };
  }
  const source: DecisionSource = { role, rule: verdict.rule, identity };
  if (verdict.cause !== 'match') return { allowed: false, reason: verdict.cause, source };
  return verdict.rule.allow
    ? { allowed: true, reason: 'allowed_by_acl', source }
    : { allowed: false, reason: 'denied_by_acl', source };
}

/**
 * ACL decisions as plain as they can be: every list is scanned from its beginning, every topic is compared level
 * by level, and nothing is remembered. It is slow, and there to be read and compared with.
 */
import type { Access, Acl, AclType } from '../../src/dynsec/entities.js';
import { isBoundTo } from './binding.js';
import { readDocument, type PlainClient, type PlainDocument, type PlainReference } from './document.js';
import { passesGates, shareParts } from './gates.js';
import { comparePattern, compareTemplatedLiteral, hasVariables, type Identity } from './matching.js';

/** Who asks for what; null and empty are the same. */
export interface ReferenceRequest {
  readonly username: string | null;
  readonly clientid: string | null;
  readonly access: Access;
  readonly topic: string;
}

/** The settings on which a decision depends. */
export interface ReferenceOptions {
  readonly allowAnonymous: boolean;
  readonly sharedSubscriptions: 'dynsec' | 'filter';
}

/** The ACL that decided, and how it was reached. */
export interface ReferenceRule {
  readonly rolename: string;
  /** Absent where the client holds the role itself. */
  readonly groupname?: string;
  readonly acltype: AclType;
  readonly topic: string;
}

/** `rule` is absent where no ACL decided: gates, identity, superuser, `allowwildcardsubs`, default access. */
export interface ReferenceDecision {
  readonly allowed: boolean;
  readonly rule?: ReferenceRule;
}

/** One role to be asked, and the identity with which it is asked. */
interface Holding {
  readonly rolename: string;
  readonly who: Identity;
}

const DENIED: ReferenceDecision = { allowed: false };

/** Decides one request by a parsed dynamic-security.json. */
export function referenceDecide(
  config: unknown,
  request: ReferenceRequest,
  options: ReferenceOptions,
): ReferenceDecision {
  return decideBy(readDocument(config), request, options);
}

/** The same by a document that was read before, for many requests. */
export function decideBy(
  document: PlainDocument,
  request: ReferenceRequest,
  options: ReferenceOptions,
): ReferenceDecision {
  if (!passesGates(request.access, request.topic)) return DENIED;
  if (request.username === null || request.username === '') {
    if (!options.allowAnonymous) return DENIED;
    return decideByRoles(document, holdingsOfAnonymous(document, request), request, options);
  }
  const client = document.clients.find(({ username }) => username === request.username);
  if (client === undefined || client.disabled) return DENIED;
  if (!isBoundTo(client, presentOrUndefined(request.clientid))) return DENIED;
  if (client.superuser) return { allowed: true };
  return decideByRoles(document, holdingsOf(document, client, request), request, options);
}

function decideByRoles(
  document: PlainDocument,
  holdings: readonly Holding[],
  request: ReferenceRequest,
  options: ReferenceOptions,
): ReferenceDecision {
  const { access, topic } = request;
  const whole = firstDecision(document, holdings, access, topic);
  const share = access === 'subscribe' || access === 'unsubscribe' ? shareParts(topic) : undefined;
  if (share === undefined || options.sharedSubscriptions === 'dynsec') {
    return whole ?? defaultDecision(document, access, topic);
  }
  const inner = firstDecision(document, holdings, access, share.inner);
  const explicit = [whole, inner].filter((decision) => decision !== undefined);
  const denial = explicit.find((decision) => !decision.allowed);
  return denial ?? explicit[0] ?? defaultDecision(document, access, share.inner);
}

function defaultDecision(document: PlainDocument, access: Access, topic: string): ReferenceDecision {
  return { allowed: document.defaultACLAccess[access] && !topic.startsWith('$CONTROL') };
}

/** The client's own roles first, then group by group. */
function holdingsOf(document: PlainDocument, client: PlainClient, request: ReferenceRequest): Holding[] {
  const who: Identity = {
    username: client.username,
    clientid: presentOrUndefined(request.clientid),
    group: undefined,
    attributes: client.attributes,
  };
  const memberships = document.groups.flatMap((group) => {
    const membership = group.clients.find(({ name }) => name === client.username);
    return membership === undefined ? [] : [{ name: group.groupname, priority: membership.priority }];
  });
  return [
    ...inOrder(client.roles).map(({ name }) => ({ rolename: name, who })),
    ...inOrder(memberships).flatMap(({ name }) => holdingsThrough(document, name, who)),
  ];
}

function holdingsOfAnonymous(document: PlainDocument, request: ReferenceRequest): Holding[] {
  if (document.anonymousGroup === undefined) return [];
  const clientid = presentOrUndefined(request.clientid);
  const who: Identity = { username: undefined, clientid, group: undefined, attributes: new Map() };
  return holdingsThrough(document, document.anonymousGroup, who);
}

function holdingsThrough(document: PlainDocument, groupname: string, who: Identity): Holding[] {
  const group = document.groups.find((candidate) => candidate.groupname === groupname);
  return inOrder(group?.roles ?? []).map(({ name }) => ({
    rolename: name,
    who: { ...who, group: groupname },
  }));
}

/** Higher priority first, then by the bytes of the name. */
function inOrder(references: readonly PlainReference[]): PlainReference[] {
  return [...references].sort(
    (a, b) => b.priority - a.priority || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
}

function firstDecision(
  document: PlainDocument,
  holdings: readonly Holding[],
  access: Access,
  topic: string,
): ReferenceDecision | undefined {
  for (const holding of holdings) {
    const decision = decisionOfRole(document, holding, access, topic);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

function decisionOfRole(
  document: PlainDocument,
  holding: Holding,
  access: Access,
  topic: string,
): ReferenceDecision | undefined {
  const role = document.roles.find(({ rolename }) => rolename === holding.rolename);
  if (role === undefined) return undefined;
  const acls = (acltype: AclType): Acl[] => byPriority(role.acls.filter((acl) => acl.acltype === acltype));
  switch (access) {
    case 'publishClientSend':
    case 'publishClientReceive':
      return decisionOfPatterns(acls(access), holding, topic);
    case 'subscribe': {
      if (!role.allowwildcardsubs && /[+#]/.test(topic)) return DENIED;
      const literal = decisionOfLiterals(acls('subscribeLiteral'), holding, topic);
      return literal ?? decisionOfPatterns(acls('subscribePattern'), holding, topic);
    }
    case 'unsubscribe': {
      const literal = decisionOfLiterals(acls('unsubscribeLiteral'), holding, topic);
      return literal ?? decisionOfPatterns(acls('unsubscribePattern'), holding, topic);
    }
  }
}

/** Equal priorities stay in file order: sorting is stable. */
function byPriority(acls: readonly Acl[]): Acl[] {
  return [...acls].sort((a, b) => b.priority - a.priority);
}

function decisionOfPatterns(
  acls: readonly Acl[],
  holding: Holding,
  topic: string,
): ReferenceDecision | undefined {
  for (const acl of acls) {
    const comparison = comparePattern(acl, topic, holding.who);
    if (comparison === 'broken') return { allowed: false, rule: ruleOf(acl, holding) };
    if (comparison === 'match') return { allowed: acl.allow, rule: ruleOf(acl, holding) };
  }
  return undefined;
}

/** The exact text first, whatever its priority; then those with variables. */
function decisionOfLiterals(
  acls: readonly Acl[],
  holding: Holding,
  filter: string,
): ReferenceDecision | undefined {
  const exact = acls.find((acl) => !hasVariables(acl.topic) && acl.topic === filter);
  const templated = acls.find(
    (acl) => hasVariables(acl.topic) && compareTemplatedLiteral(acl, filter, holding.who) === 'match',
  );
  const acl = exact ?? templated;
  return acl && { allowed: acl.allow, rule: ruleOf(acl, holding) };
}

function ruleOf(acl: Acl, { rolename, who }: Holding): ReferenceRule {
  const { acltype, topic } = acl;
  return who.group === undefined
    ? { rolename, acltype, topic }
    : { rolename, groupname: who.group, acltype, topic };
}

function presentOrUndefined(value: string | null): string | undefined {
  return value === null || value === '' ? undefined : value;
}

import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { LintFinding } from '../../../src/dynsec/lint/lint-finding.js';
import { lint, LINT_RULES } from '../../../src/dynsec/lint/lint.js';
import type { PolicyOptions } from '../../../src/dynsec/policy.js';

/** A policy in few words. */
export interface ShortPolicy {
  /** By role: `allow publishClientSend up/%u/# 5`, the priority being optional. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** Members of roles beside their ACLs. */
  readonly roleMembers?: Readonly<Record<string, object>>;
  /** By user name: roles, as `name` or `name 5`. All have a password. */
  readonly clients?: Readonly<Record<string, readonly string[]>>;
  readonly clientMembers?: Readonly<Record<string, object>>;
  /** By group. */
  readonly groups?: Readonly<
    Record<string, { readonly roles?: readonly string[]; readonly clients?: readonly string[] }>
  >;
  /** Other members of the document. */
  readonly document?: object;
}

/** The document of a policy. */
export function documentOf(policy: ShortPolicy): object {
  return {
    defaultACLAccess: { publishClientSend: true, publishClientReceive: true, unsubscribe: true },
    roles: Object.entries(policy.roles ?? {}).map(([rolename, acls]) => ({
      rolename,
      acls: acls.map(aclOf),
      ...policy.roleMembers?.[rolename],
    })),
    clients: Object.entries(policy.clients ?? {}).map(([username, roles]) => ({
      username,
      encoded_password: 'any',
      roles: roles.map((text) => referenceOf('rolename', text)),
      ...policy.clientMembers?.[username],
    })),
    groups: Object.entries(policy.groups ?? {}).map(([groupname, { roles = [], clients = [] }]) => ({
      groupname,
      roles: roles.map((text) => referenceOf('rolename', text)),
      clients: clients.map((text) => referenceOf('username', text)),
    })),
    ...policy.document,
  };
}

/** Everything that is found in a policy. */
export function lintPolicy(
  policy: ShortPolicy,
  options: Partial<PolicyOptions> = {},
): readonly LintFinding[] {
  const { configuration, findings } = parseConfiguration(documentOf(policy));
  if (!configuration) throw new Error(`no policy: ${JSON.stringify(findings)}`);
  return lint({
    configuration,
    findings,
    options: { sharedSubscriptions: 'dynsec', allowAnonymous: false, ...options },
  });
}

/** What is found of one kind. */
export function found(
  id: string,
  policy: ShortPolicy,
  options?: Partial<PolicyOptions>,
): readonly LintFinding[] {
  if (!LINT_RULES.some((rule) => rule.id === id)) throw new Error(`there is no rule ${id}`);
  return lintPolicy(policy, options).filter((finding) => finding.id === id);
}

function aclOf(text: string): object {
  const [effect, acltype, topic, priority = '0'] = text.split(' ');
  return { acltype, topic, priority: Number(priority), allow: effect === 'allow' };
}

function referenceOf(member: string, text: string): object {
  const [name, priority] = text.split(' ');
  return { [member]: name, ...(priority === undefined ? {} : { priority: Number(priority) }) };
}

import type { Finding } from '../document/finding.js';
import type { Configuration } from '../entities.js';
import type { LintProblem, LintSeverity } from './lint-finding.js';

const ROLE_REFERENCE = /^\/(?:clients|groups)\/\d+\/roles\/\d+\/rolename$/i;
const MEMBER_REFERENCE = /^\/groups\/\d+\/clients\/\d+\/username$/i;
const ANONYMOUS_GROUP = /^\/anonymousGroup$/i;
const ACL_TOPIC = /^\/roles\/\d+\/acls\/\d+\/topic$/i;

/** Whether what was found is a reference to something that is not there. */
export function isDangling({ pointer, value }: Finding, { roles, clients, groups }: Configuration): boolean {
  if (typeof value !== 'string') return false;
  if (ROLE_REFERENCE.test(pointer)) return !roles.has(value);
  if (MEMBER_REFERENCE.test(pointer)) return !clients.has(value);
  return ANONYMOUS_GROUP.test(pointer) && !groups.has(value);
}

/** Whether it is about the topic of a rule: other lint rules say more of these. */
export function isAboutTopic({ pointer, value }: Finding): boolean {
  return ACL_TOPIC.test(pointer) && typeof value === 'string';
}

/** What was found when a document was read, as a problem of the policy. */
export function documentProblem({ pointer, message, value }: Finding, severity: LintSeverity): LintProblem {
  const shown = value === undefined ? '' : ` (\`${JSON.stringify(value).slice(0, 120)}\`)`;
  return { severity, entity: { kind: 'document', pointer }, message: message + shown };
}

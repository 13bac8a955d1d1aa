import { anonymousVariable } from './anonymous-variable.js';
import { cannotPublish } from './cannot-publish.js';
import { contradictingGroups } from './contradicting-groups.js';
import { contradictingRoles } from './contradicting-roles.js';
import { contradictingRules } from './contradicting-rules.js';
import { danglingReference } from './dangling-reference.js';
import { disabledSuperuser } from './disabled-superuser.js';
import { documentEntry } from './document-entry.js';
import type { LintFinding } from './lint-finding.js';
import type { LintRule } from './lint-rule.js';
import type { LintInput } from './lint-subject.js';
import { LintSubject } from './lint-subject.js';
import { literalVariable } from './literal-variable.js';
import { misplacedWildcard } from './misplaced-wildcard.js';
import { missingAttribute } from './missing-attribute.js';
import { missingGroup } from './missing-group.js';
import { noPassword } from './no-password.js';
import { refusedLiteral } from './refused-literal.js';
import { severalVariables } from './several-variables.js';
import { shadowedRule } from './shadowed-rule.js';
import { sharedSubscriptionBypass } from './shared-subscription-bypass.js';
import { unboundClientId } from './unbound-clientid.js';
import { unreachableTopic } from './unreachable-topic.js';
import { unsafeValue } from './unsafe-value.js';

/** Every kind of mistake that is looked for, in the order in which findings are reported. */
export const LINT_RULES: readonly LintRule[] = [
  danglingReference,
  documentEntry,
  misplacedWildcard,
  severalVariables,
  literalVariable,
  unreachableTopic,
  refusedLiteral,
  shadowedRule,
  contradictingRules,
  contradictingRoles,
  contradictingGroups,
  unboundClientId,
  missingAttribute,
  missingGroup,
  anonymousVariable,
  unsafeValue,
  sharedSubscriptionBypass,
  cannotPublish,
  noPassword,
  disabledSuperuser,
];

/**
 * Looks for mistakes in a policy. Errors are certain: the policy cannot mean what it says. What is reported is so;
 * that nothing is reported is no proof that there is nothing.
 * @param ignored ids of rules that are left out.
 */
export function lint(input: LintInput, ignored: ReadonlySet<string> = new Set()): readonly LintFinding[] {
  const subject = new LintSubject(input);
  return LINT_RULES.filter(({ id }) => !ignored.has(id)).flatMap((rule) =>
    Array.from(rule.check(subject), (problem) => ({ id: rule.id, ...problem })),
  );
}

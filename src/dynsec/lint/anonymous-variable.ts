import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { listNames } from './wording.js';

/** User names and attributes in roles of the anonymous group. */
export const anonymousVariable: LintRule = {
  id: 'anonymous-variable',
  title: '%u or %{name} in a role of the anonymous group, whose clients have neither name nor attributes',
  *check(subject: LintSubject) {
    const { anonymousGroup } = subject.policy;
    if (!anonymousGroup) return;
    for (const role of subject.rolesOf(anonymousGroup.roles)) {
      const { rolename } = role.role;
      for (const { variable, written, topics } of subject.variablesOf(role)) {
        if (variable === 'clientid' || variable === 'group') continue;
        yield {
          severity: subject.holders.holdingsOf(rolename).length > 0 ? 'warning' : 'error',
          entity: { kind: 'role', rolename },
          message:
            `\`${written}\` in ${listNames(topics)} has no value for clients without a user name, which have this ` +
            `role through the anonymous group \`${anonymousGroup.groupname}\`: no allow applies to them, and ` +
            'denies apply to every value; give that group a role of its own',
        };
      }
    }
  },
};

import { allRules } from './all-rules.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { aclEntity } from './wording.js';

/** Rules for filters with wildcards in roles that refuse all of these. */
export const refusedLiteral: LintRule = {
  id: 'refused-literal',
  title: 'subscribeLiteral with + or # in a role that refuses wildcards (allowwildcardsubs is false)',
  *check(subject: LintSubject) {
    for (const { role, rule } of allRules(subject)) {
      const { acltype, topic, allow } = rule.acl;
      if (role.role.allowwildcardsubs || acltype !== 'subscribeLiteral' || !/[+#]/.test(topic)) continue;
      yield {
        severity: allow ? 'error' : 'warning',
        entity: aclEntity(role, rule.acl),
        message:
          'never decides, since the role denies every subscription with a wildcard first; ' +
          (allow ? 'set allowwildcardsubs, or move the rule to another role' : 'take it away'),
      };
    }
  },
};

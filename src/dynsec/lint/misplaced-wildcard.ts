import { allRules } from './all-rules.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { aclEntity } from './wording.js';

/** Wildcards where none may stand. */
export const misplacedWildcard: LintRule = {
  id: 'misplaced-wildcard',
  title: 'a + or # that does not stand alone in its level, or a # that is not the last level',
  *check(subject: LintSubject) {
    for (const { role, rule } of allRules(subject)) {
      if (rule.template.isWellFormed) continue;
      yield {
        severity: 'error',
        entity: aclEntity(role, rule.acl),
        message:
          'a wildcard stands where none may (`+` and `#` fill a level of their own, `#` the last one): the rule ' +
          'never applies, and checks that meet it end in a denial; correct the topic',
      };
    }
  },
};

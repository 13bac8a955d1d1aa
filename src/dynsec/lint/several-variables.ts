import { allRules } from './all-rules.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { aclEntity } from './wording.js';

/** Levels with more than one variable. */
export const severalVariables: LintRule = {
  id: 'several-variables',
  title: 'more than one variable in a level',
  *check(subject: LintSubject) {
    for (const { role, rule } of allRules(subject)) {
      const level = rule.template.levels.find((one) => one.kind === 'variable' && one.variable === null);
      if (!level) continue;
      yield {
        severity: 'error',
        entity: aclEntity(role, rule.acl),
        message:
          `\`${level.text}\` has more than one variable, so that \`a\` with \`b-c\` could pass for \`a-b\` with ` +
          `\`c\`: ${rule.acl.allow ? 'the allow never applies' : 'the deny applies to every value'}; ` +
          'give each variable a level of its own',
      };
    }
  },
};

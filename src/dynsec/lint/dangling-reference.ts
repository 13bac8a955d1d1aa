import { documentProblem, isDangling } from './document-places.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';

/** References to what is not there. */
export const danglingReference: LintRule = {
  id: 'dangling-reference',
  title: 'a role, client or group that is referred to and does not exist',
  *check({ findings, configuration }: LintSubject) {
    for (const finding of findings) {
      if (isDangling(finding, configuration)) yield documentProblem(finding, 'error');
    }
  },
};

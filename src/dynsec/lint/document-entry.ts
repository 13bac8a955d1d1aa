import { documentProblem, isAboutTopic, isDangling } from './document-places.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';

/** Whatever else was not as it should be when the document was read. */
export const documentEntry: LintRule = {
  id: 'document-entry',
  title: 'anything else in the document that is passed over: duplicates, values of a wrong type',
  *check({ findings, configuration }: LintSubject) {
    for (const finding of findings) {
      if (!isDangling(finding, configuration) && !isAboutTopic(finding)) {
        yield documentProblem(finding, 'warning');
      }
    }
  },
};

import type { LintRule } from './lint-rule.js';
import { findMissingValues } from './missing-values.js';

/** `%{group}` in roles that clients hold themselves. */
export const missingGroup: LintRule = {
  id: 'missing-group',
  title: '%{group} in a role that clients hold directly, not through a group',
  check: (subject) =>
    findMissingValues(subject, ({ variable }) => variable === 'group', {
      state: 'the role in their own hands, not through a group',
      remedy: 'give the role to their group instead',
    }),
};

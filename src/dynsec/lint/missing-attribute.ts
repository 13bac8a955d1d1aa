import type { LintRule } from './lint-rule.js';
import { findMissingValues } from './missing-values.js';

/** Roles whose attribute variables have no value for clients that hold them. */
export const missingAttribute: LintRule = {
  id: 'missing-attribute',
  title: '%{name} in a role of clients that have no such attribute',
  check: (subject) =>
    findMissingValues(subject, ({ variable }) => typeof variable === 'object', {
      state: 'no such attribute',
      remedy: 'set it (`attributes`), or correct its name',
    }),
};

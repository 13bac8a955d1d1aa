import type { Variable } from '../identity.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { holdersByValue } from './variable-holders.js';
import { count, listNames } from './wording.js';

/** Clients whose name, client id, group or attribute may not stand in a topic, in roles that put it there. */
export const unsafeValue: LintRule = {
  id: 'unsafe-value',
  title: 'a user name, client id, group or attribute with +, # or / where a role puts it into a topic',
  *check(subject: LintSubject) {
    for (const role of subject.roles) {
      const { rolename } = role.role;
      for (const { variable, written, topics } of subject.variablesOf(role)) {
        const { unsafe } = holdersByValue(subject, rolename, variable);
        if (unsafe.length === 0) continue;
        yield {
          severity: 'warning',
          entity: { kind: 'role', rolename },
          message:
            `the ${nameOf(variable)} of ${count(unsafe.length, 'client')} (${listNames(unsafe)}) holds a \`+\`, ` +
            `\`#\` or \`/\` and cannot stand for \`${written}\` in ${listNames(topics)}: no allow applies to them, ` +
            'and denies apply to every value; give them another one',
        };
      }
    }
  },
};

function nameOf(variable: Variable): string {
  if (typeof variable === 'object') return `attribute \`${variable.attribute}\``;
  return { username: 'user name', clientid: 'client id', group: 'group name' }[variable];
}

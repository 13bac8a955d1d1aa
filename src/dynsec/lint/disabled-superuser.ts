import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { count, listNames } from './wording.js';

/** Superusers that are none as long as they are disabled. */
export const disabledSuperuser: LintRule = {
  id: 'disabled-superuser',
  title: 'disabled clients that would be superusers the moment they are enabled',
  *check({ configuration }: LintSubject) {
    const clients = [...configuration.clients.values()];
    const usernames = clients
      .filter(({ disabled, superuser }) => disabled && superuser)
      .map(({ username }) => username);
    if (usernames.length === 0) return;
    yield {
      severity: 'warning',
      entity: { kind: 'clients', usernames },
      message:
        `${count(usernames.length, 'client')} (${listNames(usernames)}) may do everything as soon as somebody ` +
        'enables them; take the superuser flag away, or delete them',
    };
  },
};

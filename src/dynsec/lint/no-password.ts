import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { count, listNames } from './wording.js';

/** Clients that cannot log in. */
export const noPassword: LintRule = {
  id: 'no-password',
  title: 'clients without a password, which can connect by certificate alone',
  *check({ configuration }: LintSubject) {
    const clients = [...configuration.clients.values()];
    const usernames = clients
      .filter(({ disabled, password }) => !disabled && password === undefined)
      .map(({ username }) => username);
    if (usernames.length === 0) return;
    yield {
      severity: 'warning',
      entity: { kind: 'clients', usernames },
      message:
        `${count(usernames.length, 'client')} (${listNames(usernames)}) cannot log in for want of a password; ` +
        'set one, unless they show certificates',
    };
  },
};

import type { CompiledRole } from '../compiled-role.js';
import type { Client } from '../entities.js';
import type { LintProblem } from './lint-finding.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import type { VariableUse } from './role-variables.js';
import { count, listNames } from './wording.js';

/** Roles that go by the client id, in the hands of clients that may choose theirs. */
export const unboundClientId: LintRule = {
  id: 'unbound-clientid',
  title: '%c in a role of clients that may use any client id, and so be anybody',
  *check(subject: LintSubject) {
    for (const role of subject.roles) {
      const use = subject.variablesOf(role).find(({ variable }) => variable === 'clientid');
      if (use) yield* checkRole(role, use, subject);
    }
  },
};

function* checkRole(role: CompiledRole, use: VariableUse, { holders }: LintSubject): Iterable<LintProblem> {
  const { rolename } = role.role;
  const clients = holders.holdingsOf(rolename).flatMap(({ profile }) => profile.clients.filter(isUnbound));
  const usernames = [...new Set(clients.map(({ username }) => username))];
  const who = [
    ...(usernames.length > 0 ? [`${count(usernames.length, 'client')} (${listNames(usernames)})`] : []),
    ...(holders.isAnonymous(rolename) ? ['the clients without a user name'] : []),
  ];
  if (who.length === 0) return;
  yield {
    severity: 'error',
    entity: { kind: 'role', rolename },
    message:
      `\`${use.written}\` in ${listNames(use.topics)} is no jail for ${who.join(' and ')}, who may connect with any ` +
      'client id: bind them (`clientid`, `clientids`), or go by the user name (`%u`)',
  };
}

function isUnbound({ clientid, clientids }: Client): boolean {
  return clientid === undefined && clientids === undefined;
}

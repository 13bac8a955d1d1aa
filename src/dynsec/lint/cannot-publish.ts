import type { CompiledRole } from '../compiled-role.js';
import type { Profile } from './holders.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { count, listNames } from './wording.js';

/** Clients that may publish nothing, not even a will. */
export const cannotPublish: LintRule = {
  id: 'cannot-publish',
  title: 'clients without any topic to publish to, a will included',
  *check(subject: LintSubject) {
    if (subject.policy.defaultACLAccess.publishClientSend) return;
    const profiles = subject.holders.profiles.filter((profile) => !canPublish(subject, profile));
    const usernames = profiles.flatMap(({ clients }) => clients.map(({ username }) => username));
    if (usernames.length === 0) return;
    yield {
      severity: 'warning',
      entity: { kind: 'clients', usernames },
      message:
        `${count(usernames.length, 'client')} (${listNames(usernames)}) may publish nothing: a will would be dropped ` +
        'in silence; allow publishClientSend for the topic of the will, if they have one',
    };
  },
};

function canPublish(subject: LintSubject, { roles, groups }: Profile): boolean {
  const lists = [roles, ...groups.map(({ groupname }) => subject.policy.groups.get(groupname)?.roles ?? [])];
  return lists.some((references) => subject.rolesOf(references).some(allowsPublishing));
}

function allowsPublishing(role: CompiledRole): boolean {
  return role
    .rulesFor('publishClientSend')
    .some(({ rules }) => rules.some(({ acl, template }) => acl.allow && template.isWellFormed));
}

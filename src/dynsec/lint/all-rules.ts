import type { CompiledRole } from '../compiled-role.js';
import { ACCESSES } from '../entities.js';
import type { Rule } from '../rule.js';
import type { LintSubject } from './lint-subject.js';

/** A rule and whose it is. */
export interface RoleRule {
  readonly role: CompiledRole;
  readonly rule: Rule;
}

/** Every rule of every role. */
export function* allRules({ roles }: LintSubject): Iterable<RoleRule> {
  for (const role of roles) {
    for (const access of ACCESSES) {
      for (const { rules } of role.rulesFor(access)) {
        for (const rule of rules) yield { role, rule };
      }
    }
  }
}

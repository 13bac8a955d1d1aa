import type { LintProblem } from './lint-finding.js';
import type { LintSubject } from './lint-subject.js';
import type { VariableUse } from './role-variables.js';
import { holdersByValue } from './variable-holders.js';
import { count, listNames } from './wording.js';

/** What is said of clients without a value. */
export interface MissingValueWords {
  /** Behind "for 3 clients with". */
  readonly state: string;
  readonly remedy: string;
}

/** Finds the roles that need a variable which clients that have the role have no value for. */
export function* findMissingValues(
  subject: LintSubject,
  isMeant: (use: VariableUse) => boolean,
  words: MissingValueWords,
): Iterable<LintProblem> {
  for (const role of subject.roles) {
    const { rolename } = role.role;
    for (const use of subject.variablesOf(role).filter(isMeant)) {
      const { without, safe } = holdersByValue(subject, rolename, use.variable);
      if (without.length === 0) continue;
      yield {
        severity: safe > 0 ? 'warning' : 'error',
        entity: { kind: 'role', rolename },
        message: describe(use, without, words),
      };
    }
  }
}

function describe(
  { written, topics }: VariableUse,
  without: readonly string[],
  { state, remedy }: MissingValueWords,
): string {
  return (
    `\`${written}\` in ${listNames(topics)} has no value for ${count(without.length, 'client')} ` +
    `(${listNames(without)}) with ${state}: no allow applies to them, and denies apply to every value; ${remedy}`
  );
}

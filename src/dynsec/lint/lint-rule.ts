import type { LintProblem } from './lint-finding.js';
import type { LintSubject } from './lint-subject.js';

/** Looks for one kind of mistake. */
export interface LintRule {
  /** Stable: tools and `--ignore` know the kind by it. Kebab case. */
  readonly id: string;
  /** One line for the help: what is found. */
  readonly title: string;
  check(subject: LintSubject): Iterable<LintProblem>;
}

import type { AclType } from '../entities.js';

/** `error`: the policy cannot mean what it says. `warning`: it may well mean something else. */
export type LintSeverity = 'error' | 'warning';

/** What a finding is about. */
export type LintEntity =
  | { readonly kind: 'role'; readonly rolename: string }
  | {
      readonly kind: 'acl';
      readonly rolename: string;
      readonly acltype: AclType;
      readonly topic: string;
    }
  | { readonly kind: 'group'; readonly groupname: string }
  /** One or more. */
  | { readonly kind: 'clients'; readonly usernames: readonly string[] }
  /** A place in the document, as a JSON pointer. */
  | { readonly kind: 'document'; readonly pointer: string };

/** Something that is wrong, without the kind of mistake that it is. */
export interface LintProblem {
  readonly severity: LintSeverity;
  readonly entity: LintEntity;
  /** What is wrong and what to do about it, for people. Names in it are as they came. */
  readonly message: string;
}

/** Something that is wrong with a policy. */
export interface LintFinding extends LintProblem {
  /** The kind of mistake, for good: see `LINT_RULES`. */
  readonly id: string;
}

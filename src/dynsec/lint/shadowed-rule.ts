import type { CompiledRole } from '../compiled-role.js';
import type { Access } from '../entities.js';
import { ACCESSES } from '../entities.js';
import type { RuleSet } from '../rule-set.js';
import type { Rule } from '../rule.js';
import { CoverIndex } from './cover-index.js';
import type { LintProblem } from './lint-finding.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import type { StandIns } from './stand-ins.js';
import { aclEntity, describeAcl } from './wording.js';

/** Rules that can never decide, because an earlier one of their role applies wherever they do. */
export const shadowedRule: LintRule = {
  id: 'shadowed-rule',
  title: 'a rule that never decides, since an earlier one of its role covers all of it',
  *check({ roles, standIns }: LintSubject) {
    for (const role of roles) {
      for (const access of ACCESSES) yield* checkRole(role, access, standIns);
    }
  },
};

function* checkRole(role: CompiledRole, access: Access, standIns: StandIns): Iterable<LintProblem> {
  for (const shadowed of findShadowed(role.rulesFor(access), standIns)) {
    const { rule, by, isForAll } = shadowed;
    yield {
      severity: isForAll && rule.acl.allow !== by.acl.allow ? 'error' : 'warning',
      entity: aclEntity(role, rule.acl),
      message: describe(shadowed),
    };
  }
}

/** A rule, and the one that is always faster. */
export interface ShadowedRule {
  readonly rule: Rule;
  readonly by: Rule;
  /** False: the rule, a deny, still decides about clients without a safe value for a variable. */
  readonly isForAll: boolean;
}

/** The rules that never decide. @param sets those of one access of one role, in the order of evaluation. */
export function* findShadowed(sets: readonly RuleSet[], standIns: StandIns): Iterable<ShadowedRule> {
  if (sets.reduce((sum, { rules }) => sum + rules.length, 0) < 2) return;
  let earlier: CoverIndex | undefined;
  for (const { rules } of sets) {
    // Rules with a misplaced wildcard apply to nothing, and are another finding.
    const decidable = rules.filter(({ template }) => template.isWellFormed);
    const own = new CoverIndex(decidable, standIns);
    for (const rule of decidable) {
      const cover = findCover(rule, 'find', { own, earlier });
      const by = cover ?? findCover(rule, 'findForSafeValues', { own, earlier });
      if (by) yield { rule, by, isForAll: cover !== undefined };
    }
    earlier = own;
  }
}

function findCover(
  rule: Rule,
  find: 'find' | 'findForSafeValues',
  { own, earlier }: { readonly own: CoverIndex; readonly earlier: CoverIndex | undefined },
): Rule | undefined {
  const cover = own[find](rule);
  if (cover && cover.rank < rule.rank) return cover;
  // Rules of the literal types know no wildcards: they cover none.
  return hasWildcards(rule) ? undefined : earlier?.[find](rule);
}

function hasWildcards({ template }: Rule): boolean {
  return template.levels.some(({ kind }) => kind === 'plus' || kind === 'hash');
}

function describe({ rule: { acl }, by, isForAll }: ShadowedRule): string {
  const isSameType = by.acl.acltype === acl.acltype;
  const cause = isSameType
    ? `${describeAcl(by.acl)} comes first`
    : `the ${by.acl.acltype} rule ${describeAcl(by.acl)} is looked at first`;
  const effect = isForAll
    ? 'never decides'
    : 'decides only about clients that have no value, or none that is safe, for a variable';
  const advice =
    isSameType && by.acl.allow !== acl.allow
      ? `give it a priority above ${by.acl.priority}, or take it away`
      : 'take it away';
  const reach = isForAll ? 'wherever it does' : 'to everybody else';
  return `${describeAcl(acl)} ${effect}: ${cause} and applies ${reach}; ${advice}`;
}

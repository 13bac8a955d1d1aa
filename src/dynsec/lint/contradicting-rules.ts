import type { CompiledRole } from '../compiled-role.js';
import type { Access } from '../entities.js';
import { ACCESSES } from '../entities.js';
import type { RuleSet } from '../rule-set.js';
import type { Rule } from '../rule.js';
import type { Party } from './contradictions.js';
import { decider } from './contradictions.js';
import { intersectTemplates } from './intersect-templates.js';
import type { LintProblem } from './lint-finding.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { OverlapIndex } from './overlap-index.js';
import { findShadowed } from './shadowed-rule.js';
import type { StandIns } from './stand-ins.js';
import { aclEntity } from './wording.js';

/** Rules of one role and type with the same priority that say the opposite about some topic. */
export const contradictingRules: LintRule = {
  id: 'contradicting-rules',
  title: 'an allow and a deny of one role with the same priority that meet: their order in the file decides',
  *check({ roles, standIns }: LintSubject) {
    for (const role of roles) {
      for (const access of ACCESSES) yield* checkAccess(role, access, standIns);
    }
  },
};

function* checkAccess(role: CompiledRole, access: Access, standIns: StandIns): Iterable<LintProblem> {
  const party = { roles: [role], identity: standIns.identity };
  const sets = role.rulesFor(access).filter(isOfTwoMinds);
  if (sets.length === 0) return;
  const shadowed = new Set([...findShadowed(sets, standIns)].map(({ rule }) => rule));
  for (const { rule, earlier, on } of sets.flatMap((set) => findMeetings(set, access, party, standIns))) {
    if (shadowed.has(rule)) continue;
    yield {
      severity: 'warning',
      entity: aclEntity(role, rule.acl),
      message: describe(rule, earlier, on),
    };
  }
}

function isOfTwoMinds({ rules }: RuleSet): boolean {
  return rules.some(({ acl }) => acl.allow) && rules.some(({ acl }) => !acl.allow);
}

/** Two contrary rules of the same priority, and the template of what both apply to. */
interface Meeting {
  readonly rule: Rule;
  readonly earlier: Rule;
  readonly on: string;
}

/** For each rule the first meeting that is found, as long as the earlier rule does decide there. */
function findMeetings(set: RuleSet, access: Access, party: Party, standIns: StandIns): readonly Meeting[] {
  const rules = comparableRules(set);
  const indexes = indexByEffect(rules);
  return rules.flatMap((rule) => {
    const { priority, allow } = rule.acl;
    for (const earlier of indexes.get(effectKey(!allow, priority))?.find(rule.template) ?? []) {
      if (earlier.rank > rule.rank) continue;
      const levels = intersectTemplates(earlier.template, rule.template);
      if (!levels || decider(party, access, standIns.asTopic(levels)) !== earlier) continue;
      return [{ rule, earlier, on: levels.map(({ text }) => text).join('/') }];
    }
    return [];
  });
}

/** Literal rules without variables are each about another text, and come before the others whatever the priorities. */
function comparableRules({ rules }: RuleSet): readonly Rule[] {
  return rules.filter(
    ({ acl, template }) =>
      template.isWellFormed && (!acl.acltype.endsWith('Literal') || template.hasVariables),
  );
}

function indexByEffect(rules: readonly Rule[]): ReadonlyMap<string, OverlapIndex> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = effectKey(rule.acl.allow, rule.acl.priority);
    const group = groups.get(key);
    if (group) group.push(rule);
    else groups.set(key, [rule]);
  }
  return new Map([...groups].map(([key, group]) => [key, new OverlapIndex(group)]));
}

function effectKey(allow: boolean, priority: number): string {
  return `${allow ? 'allow' : 'deny'} ${priority}`;
}

function describe({ acl }: Rule, earlier: Rule, on: string): string {
  const [allow, deny] = acl.allow ? [acl, earlier.acl] : [earlier.acl, acl];
  return (
    `allow \`${allow.topic}\` and deny \`${deny.topic}\` have the same priority ${acl.priority} and both apply to ` +
    `\`${on}\`, where the one that comes first in the file decides (${earlier.acl.allow ? 'the allow' : 'the deny'}); ` +
    'give the one that is to win a higher priority'
  );
}

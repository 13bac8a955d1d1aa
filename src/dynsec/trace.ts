import type { CompiledRole, RoleVerdict } from './compiled-role.js';
import type { ReachedRole } from './decision.js';
import type { Acl } from './entities.js';
import type { Identity } from './identity.js';
import { describeMismatch } from './rule-mismatch.js';
import type { Rule } from './rule.js';
import type { TopicLevels } from './topic-levels.js';
import { substituteTemplate } from './topic-template.js';

/** A role as it was looked at. */
export interface RoleVisit {
  readonly role: ReachedRole;
  readonly compiled: CompiledRole;
  readonly topic: TopicLevels;
  readonly identity: Identity;
  /** Undefined: the role says nothing. */
  readonly verdict: RoleVerdict | undefined;
}

/** Is told what `decide` looks at, in order. */
export interface TraceSink {
  visit(visit: RoleVisit): void;
}

/** A rule that was looked at. */
export interface TracedRule extends Acl {
  /** The topic with the values of this client put in; a level without a safe value is shown as `+`. */
  readonly substituted: string;
  /** `decided` ends the search; `passed` says in `why` what kept the rule from applying. */
  readonly outcome: 'decided' | 'passed';
  readonly why: string;
}

/** A role that was looked at, with its rules up to the one that decided. */
export interface TracedRole extends ReachedRole {
  /** The topic or filter that the rules were compared with. */
  readonly topic: string;
  readonly outcome: 'allow' | 'deny' | 'nothing';
  readonly why: string;
  readonly rules: readonly TracedRule[];
  /** How many more rules were passed over and are not listed. */
  readonly omittedRules: number;
}

/** How many rules of one role a trace lists. */
const MAX_TRACED_RULES = 1_000;

/** Writes down what `decide` looks at, for people. */
export class Trace implements TraceSink {
  readonly roles: TracedRole[] = [];

  constructor(private readonly access: Parameters<CompiledRole['rulesFor']>[0]) {}

  visit(visit: RoleVisit): void {
    const rules = this.#rulesLookedAt(visit);
    const shown = rules.slice(-MAX_TRACED_RULES);
    this.roles.push({
      ...visit.role,
      topic: visit.topic.text,
      ...outcomeOf(visit),
      rules: shown.map((rule) => traceRule(rule, visit)),
      omittedRules: rules.length - shown.length,
    });
  }

  #rulesLookedAt({ compiled, verdict }: RoleVisit): readonly Rule[] {
    if (verdict?.cause === 'wildcard_subscription') return [];
    const rules = compiled.rulesFor(this.access).flatMap((set) => set.rules);
    return verdict ? rules.slice(0, rules.indexOf(verdict.rule) + 1) : rules;
  }
}

function outcomeOf({ verdict }: RoleVisit): Pick<TracedRole, 'outcome' | 'why'> {
  if (!verdict) return { outcome: 'nothing', why: 'no rule applies' };
  if (verdict.cause === 'wildcard_subscription') {
    return {
      outcome: 'deny',
      why: 'the role refuses subscriptions with wildcards (allowwildcardsubs is false)',
    };
  }
  const allowed = verdict.cause === 'match' && verdict.rule.allow;
  return { outcome: allowed ? 'allow' : 'deny', why: DECIDED[verdict.cause] };
}

const DECIDED = {
  match: 'the rule applies',
  unsafe_identity: 'a value that the rule needs is missing or unsafe, and a denial is not dodged by that',
  malformed_acl: 'the topic of the rule has a misplaced wildcard, over which Mosquitto 2.1 ends in a denial',
} as const;

function traceRule(rule: Rule, { topic, identity, verdict }: RoleVisit): TracedRule {
  const isDecider =
    verdict !== undefined && verdict.cause !== 'wildcard_subscription' && verdict.rule === rule;
  return {
    ...rule.acl,
    substituted: substituteTemplate(rule.template, identity),
    outcome: isDecider ? 'decided' : 'passed',
    why: isDecider ? DECIDED[verdict.cause] : describeMismatch(rule, topic, identity),
  };
}

import type { Acl } from './entities.js';
import type { Identity } from './identity.js';
import { tripsOver } from './malformed-rule.js';
import type { Rule } from './rule.js';
import { compileRules } from './rule.js';
import type { Hit, SearchNotes } from './rule-index.js';
import { RuleIndex } from './rule-index.js';
import type { TopicLevels } from './topic-levels.js';

/** The rules of one ACL type of one role. */
export interface RuleSet {
  /** All of them in the order of evaluation, for who wants to see them. */
  readonly rules: readonly Rule[];
  /** The first rule that decides about a topic. */
  find(topic: TopicLevels, identity: Identity, notes: SearchNotes): Hit | undefined;
}

/** Rules whose `+` and `#` are wildcards. */
export class WildcardRules implements RuleSet {
  readonly rules: readonly Rule[];
  readonly #index: RuleIndex;
  readonly #malformed: readonly Rule[];

  constructor(acls: readonly Acl[]) {
    this.rules = compileRules(acls, 'wildcards');
    this.#index = new RuleIndex(this.rules.filter((rule) => rule.template.isWellFormed));
    this.#malformed = this.rules.filter((rule) => !rule.template.isWellFormed);
  }

  find(topic: TopicLevels, identity: Identity, notes: SearchNotes): Hit | undefined {
    const hit = this.#index.find(topic, identity, notes);
    for (const rule of this.#malformed) {
      if (hit && hit.rule.rank < rule.rank) break;
      if (tripsOver(rule, topic, identity)) return { rule, cause: 'malformed_acl' };
    }
    return hit;
  }
}

/** Rules whose text is meant to the letter, variables aside: texts without variables are looked at first. */
export class LiteralRules implements RuleSet {
  readonly rules: readonly Rule[];
  readonly #exact: ReadonlyMap<string, Rule>;
  readonly #templated: RuleIndex;

  constructor(acls: readonly Acl[]) {
    const rules = compileRules(acls, 'plain');
    const exact = rules.filter((rule) => !rule.template.hasVariables);
    const templated = rules.filter((rule) => rule.template.hasVariables);
    this.rules = [...exact, ...templated];
    this.#exact = new Map(exact.map((rule) => [rule.template.text, rule]));
    this.#templated = new RuleIndex(templated);
  }

  find(topic: TopicLevels, identity: Identity, notes: SearchNotes): Hit | undefined {
    const rule = this.#exact.get(topic.text);
    return rule ? { rule, cause: 'match' } : this.#templated.find(topic, identity, notes);
  }
}

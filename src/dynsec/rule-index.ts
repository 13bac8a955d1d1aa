import type { Identity } from './identity.js';
import { NumberedTopic, PlainLevels } from './plain-levels.js';
import type { Rule } from './rule.js';
import type { Comparison } from './rule-shape.js';
import { comparedLevels, RuleShape } from './rule-shape.js';
import type { TopicLevels } from './topic-levels.js';
import type { TopicTemplate } from './topic-template.js';

/** Why a rule decides: it applies, an unsafe value may not dodge it, or Mosquitto trips over it. */
export type HitCause = 'match' | 'unsafe_identity' | 'malformed_acl';

/** The rule that decides. */
export interface Hit {
  readonly rule: Rule;
  readonly cause: HitCause;
}

/** What a search found on its way. */
export interface SearchNotes {
  /** An allow would have applied, had the value of its variable been safe. */
  sawUnsafeAllow: boolean;
}

/**
 * Finds the first rule in the order of evaluation that applies to a topic, without looking at all of them.
 *
 * Rules are grouped by their shape: how many levels, and which of them are `+` or a variable (tuple space search). A
 * role has few shapes, however many rules it has. The levels of a topic are looked up once, each at its place; that
 * tells of each shape whether it can have a rule for the topic, and whether that can come before the best one found.
 *
 * The `+` and the variables match any level but `#`, which is what keeps `foo/+` from covering a
 * subscription to `foo/#`; in the name of a topic there is no `#`.
 *
 * INVARIANT: all rules are well-formed; the others are looked at one by one (`malformed-rule.ts`).
 */
export class RuleIndex {
  readonly #rules: readonly Rule[];
  readonly #levels = new PlainLevels();
  /** In the order of their first rules. */
  readonly #shapes: readonly RuleShape[];

  /** @param rules in the order of evaluation. From here on each goes by its place among them. */
  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    rules.forEach(({ template }, place) => {
      comparedLevels(template).forEach(({ kind, text }, at) => {
        if (kind === 'literal') this.#levels.add(at, text, place);
      });
    });
    const shapes = new Map<string, RuleShape>();
    rules.forEach(({ template }, place) => {
      const key = shapeKey(template);
      let shape = shapes.get(key);
      if (!shape) shapes.set(key, (shape = new RuleShape(template, place, this.#levels)));
      shape.add(template, place);
    });
    this.#shapes = [...shapes.values()];
  }

  /** The first rule that applies. */
  find(topic: TopicLevels, identity: Identity, notes: SearchNotes): Hit | undefined {
    const numbered = new NumberedTopic(topic, this.#levels);
    let best: Hit | undefined;
    let bestPlace = Infinity;
    for (const shape of this.#shapes) {
      if (shape.firstRule > bestPlace) break;
      const place = shape.find(numbered, bestPlace);
      if (place === undefined || place > bestPlace) continue;
      const hit = hitOf(this.#rules[place], shape.compareVariables(topic, identity), notes);
      if (!hit) continue;
      best = hit;
      bestPlace = place;
    }
    return best;
  }
}

function hitOf(rule: Rule | undefined, variables: Comparison, notes: SearchNotes): Hit | undefined {
  if (!rule || variables === 'different') return undefined;
  if (variables === 'equal') return { rule, cause: 'match' };
  if (!rule.allow) return { rule, cause: 'unsafe_identity' };
  notes.sawUnsafeAllow = true;
  return undefined;
}

/** Equal for templates of one shape: kinds of levels in order, with the text of variables. */
function shapeKey(template: TopicTemplate): string {
  return template.levels.map((level) => (level.kind === 'literal' ? '' : level.text)).join('/');
}

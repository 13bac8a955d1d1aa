import type { Identity } from './identity.js';
import type { Rule } from './rule.js';
import type { TopicLevels } from './topic-levels.js';
import type { TemplateLevel, TopicTemplate, VariableLevel } from './topic-template.js';
import { substituteLevel } from './topic-template.js';

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
 * Rules are grouped by their shape: how many levels, and which of them are `+` or a variable. Within a shape, the
 * levels that are left are plain text, so one look into a Map tells which rule applies (tuple space search).
 * A role has few shapes, however many rules it has, and shapes whose first rule comes too late are not asked.
 *
 * The `+` and the variables match any level but `#`, which is what keeps `foo/+` from covering a
 * subscription to `foo/#`; in the name of a topic there is no `#`.
 *
 * INVARIANT: all rules are well-formed; the others are looked at one by one (`malformed-rule.ts`).
 */
export class RuleIndex {
  readonly #shapes: readonly Shape[];

  constructor(rules: readonly Rule[]) {
    const shapes = new Map<string, Shape>();
    for (const rule of rules) {
      const key = shapeKey(rule.template);
      let shape = shapes.get(key);
      if (!shape) shapes.set(key, (shape = new Shape(rule)));
      shape.add(rule);
    }
    this.#shapes = [...shapes.values()];
  }

  /** The applying rule of the lowest rank. */
  find(topic: TopicLevels, identity: Identity, notes: SearchNotes): Hit | undefined {
    let best: Hit | undefined;
    for (const shape of this.#shapes) {
      if (best && shape.leastRank > best.rule.rank) break;
      const hit = shape.find(topic, identity, notes);
      if (hit && (!best || hit.rule.rank < best.rule.rank)) best = hit;
    }
    return best;
  }
}

/** The rules that differ in the text of their plain levels alone. Created in the order of their least ranks. */
class Shape {
  readonly leastRank: number;

  /** How many levels are compared; `#` is not one of them. */
  readonly #depth: number;
  readonly #isOpen: boolean;
  /** Where `+` and variables stand. */
  readonly #wild: readonly number[];
  readonly #variables: readonly { readonly at: number; readonly level: VariableLevel }[];
  /** What the `$` rule wants of a topic; undefined where the first level is plain text, which says it all. */
  readonly #dollar: boolean | undefined;
  readonly #rules = new Map<string, Rule>();

  constructor({ rank, template }: Rule) {
    const levels = comparedLevels(template);
    this.leastRank = rank;
    this.#depth = levels.length;
    this.#isOpen = levels.length < template.levels.length;
    this.#wild = levels.flatMap((level, at) => (level.kind === 'literal' ? [] : [at]));
    this.#variables = levels.flatMap((level, at) => (level.kind === 'variable' ? [{ at, level }] : []));
    this.#dollar = levels[0]?.kind === 'literal' ? undefined : template.startsWithDollar;
  }

  /** Rules come in the order of evaluation: the first of a kind is the one that decides. */
  add(rule: Rule): void {
    const key = this.#keyOf(comparedLevels(rule.template).map((level) => level.text));
    if (!this.#rules.has(key)) this.#rules.set(key, rule);
  }

  find(topic: TopicLevels, identity: Identity, notes: SearchNotes): Hit | undefined {
    if (!this.#fits(topic)) return undefined;
    const values = this.#variables.length === 0 ? 'safe' : this.#compareVariables(topic, identity);
    if (values === 'differ') return undefined;
    const rule = this.#rules.get(
      this.#wild.length === 0 ? topic.prefix(this.#depth) : this.#keyOf(topic.levels),
    );
    if (!rule || values === 'safe') return rule && { rule, cause: 'match' };
    if (!rule.acl.allow) return { rule, cause: 'unsafe_identity' };
    notes.sawUnsafeAllow = true;
    return undefined;
  }

  #fits(topic: TopicLevels): boolean {
    const count = topic.levels.length;
    if (this.#isOpen ? count < this.#depth : count !== this.#depth) return false;
    if (this.#dollar !== undefined && this.#dollar !== topic.startsWithDollar) return false;
    return this.#wild.every((at) => topic.levels[at] !== '#');
  }

  /** `unsafe`: some value is not fit to be compared, all others are equal. */
  #compareVariables(topic: TopicLevels, identity: Identity): 'safe' | 'unsafe' | 'differ' {
    let outcome: 'safe' | 'unsafe' = 'safe';
    for (const { at, level } of this.#variables) {
      const expected = substituteLevel(level, identity);
      if (expected === undefined) outcome = 'unsafe';
      else if (expected !== topic.levels[at]) return 'differ';
    }
    return outcome;
  }

  /** The plain levels of the compared ones; the others stand as `+`, in every key of the shape at the same places. */
  #keyOf(levels: readonly string[]): string {
    const compared = levels.slice(0, this.#depth);
    for (const at of this.#wild) compared[at] = '+';
    return compared.join('/');
  }
}

/** All levels but a final `#`. */
function comparedLevels(template: TopicTemplate): readonly TemplateLevel[] {
  const { levels } = template;
  return levels.at(-1)?.kind === 'hash' ? levels.slice(0, -1) : levels;
}

/** Equal for templates of one shape: kinds of levels in order, with the text of variables. */
function shapeKey(template: TopicTemplate): string {
  return template.levels.map((level) => (level.kind === 'literal' ? '' : level.text)).join('/');
}

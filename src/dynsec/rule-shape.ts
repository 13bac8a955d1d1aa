import type { Identity } from './identity.js';
import type { NumberedTopic, PlainLevels } from './plain-levels.js';
import { NO_LEVEL } from './plain-levels.js';
import type { TopicLevels } from './topic-levels.js';
import type { TemplateLevel, TopicTemplate, VariableLevel } from './topic-template.js';
import { substituteLevel } from './topic-template.js';
import { NO_VALUE, TupleTable } from './tuple-table.js';

/** Whether the variables of a rule stand for what is in the topic; `unsafe`: some value is not fit to be compared. */
export type Comparison = 'equal' | 'unsafe' | 'different';

/**
 * Rules of the same shape: they differ in the text of their plain levels alone. One of them at most has the plain levels
 * of a topic, and one look into a table by their numbers tells which.
 */
export class RuleShape {
  /** The place of its first rule: shapes are created in that order. */
  readonly firstRule: number;

  /** How many levels are compared; `#` is not one of them. */
  readonly #depth: number;
  readonly #isOpen: boolean;
  /** Where plain text stands; places with many different texts first, for they tell most. */
  readonly #plain: readonly number[];
  /** Where `+` and variables stand. */
  readonly #wild: readonly number[];
  readonly #variables: readonly { readonly at: number; readonly level: VariableLevel }[];
  /** What the `$` rule wants of a topic; undefined where the first level is plain text, which says it all. */
  readonly #dollar: boolean | undefined;
  /** From the numbers of the plain levels to the place of the rule that has them. */
  readonly #table: TupleTable;
  /** What is looked for; of no meaning between two searches. */
  readonly #tuple: Int32Array;

  /**
   * @param template of the first rule.
   * @param levels the plain levels of all shapes.
   */
  constructor(
    template: TopicTemplate,
    firstRule: number,
    private readonly levels: PlainLevels,
  ) {
    const compared = comparedLevels(template);
    const placesOf = (isWanted: (level: TemplateLevel) => boolean): number[] =>
      compared.flatMap((level, at) => (isWanted(level) ? [at] : []));
    this.firstRule = firstRule;
    this.#depth = compared.length;
    this.#isOpen = compared.length < template.levels.length;
    this.#plain = placesOf(({ kind }) => kind === 'literal').sort(
      (a, b) => levels.countAt(b) - levels.countAt(a),
    );
    this.#wild = placesOf(({ kind }) => kind !== 'literal');
    this.#variables = compared.flatMap((level, at) => (level.kind === 'variable' ? [{ at, level }] : []));
    this.#dollar = compared[0]?.kind === 'literal' ? undefined : template.startsWithDollar;
    this.#table = new TupleTable(this.#plain.length);
    this.#tuple = new Int32Array(this.#plain.length);
  }

  /** Rules come in the order of evaluation: the first of a kind is the one that decides. */
  add({ levels }: TopicTemplate, place: number): void {
    this.#plain.forEach((at, i) => (this.#tuple[i] = this.levels.numberOf(at, levels[at]?.text ?? '')));
    this.#table.add(this.#tuple, place);
  }

  /** The place of the rule whose levels are those of the topic, variables aside. @param before a place of no use. */
  find(numbered: NumberedTopic, before: number): number | undefined {
    if (!this.#fits(numbered.topic) || !this.#takeNumbers(numbered, before)) return undefined;
    const place = this.#table.get(this.#tuple);
    return place === NO_VALUE ? undefined : place;
  }

  /** Whether the variables of all rules of this shape stand for what is in the topic at their places. */
  compareVariables(topic: TopicLevels, identity: Identity): Comparison {
    let comparison: Comparison = 'equal';
    for (const { at, level } of this.#variables) {
      const expected = substituteLevel(level, identity);
      if (expected === undefined) comparison = 'unsafe';
      else if (expected !== topic.levels[at]) return 'different';
    }
    return comparison;
  }

  #fits(topic: TopicLevels): boolean {
    const count = topic.levels.length;
    if (this.#isOpen ? count < this.#depth : count !== this.#depth) return false;
    if (this.#dollar !== undefined && this.#dollar !== topic.startsWithDollar) return false;
    return !topic.hasHash || this.#wild.every((at) => topic.levels[at] !== '#');
  }

  /** False where a plain level is not known, or says that the rule comes no earlier than that. */
  #takeNumbers(numbered: NumberedTopic, before: number): boolean {
    for (let i = 0; i < this.#plain.length; i++) {
      const at = this.#plain[i] ?? 0;
      const number = numbered.numberAt(at);
      if (number === NO_LEVEL) return false;
      if (before !== Infinity && this.levels.firstRule(at, number) >= before) return false;
      this.#tuple[i] = number;
    }
    return true;
  }
}

/** All levels but a final `#`. */
export function comparedLevels(template: TopicTemplate): readonly TemplateLevel[] {
  const { levels } = template;
  return levels.at(-1)?.kind === 'hash' ? levels.slice(0, -1) : levels;
}

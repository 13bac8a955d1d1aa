import type { TopicLevels } from './topic-levels.js';

/** The number of a level that no rule has at its place. */
export const NO_LEVEL = -1;

/**
 * The levels of plain text in a set of rules, numbered at each place by themselves, so that a topic is looked up once
 * for all of the rules.
 */
export class PlainLevels {
  readonly #places: Place[] = [];

  /** Takes note of a level of a rule. Rules come in their order. */
  add(at: number, text: string, rule: number): void {
    while (this.#places.length <= at) this.#places.push({ numbers: new Map(), firstRules: [] });
    const place = this.#places[at];
    if (!place || place.numbers.has(text)) return;
    place.numbers.set(text, place.numbers.size);
    place.firstRules.push(rule);
  }

  /** How many there are at a place; they are numbered from 0 on. */
  countAt(at: number): number {
    return this.#places[at]?.numbers.size ?? 0;
  }

  /** The number of a level at its place, or {@link NO_LEVEL}. */
  numberOf(at: number, text: string): number {
    return this.#places[at]?.numbers.get(text) ?? NO_LEVEL;
  }

  /** The first rule that has this level: none with it decides before that. */
  firstRule(at: number, number: number): number {
    return this.#places[at]?.firstRules[number] ?? Infinity;
  }
}

interface Place {
  readonly numbers: Map<string, number>;
  /** By number. */
  readonly firstRules: number[];
}

/** A topic as it is to one set of rules: each level is looked up when the first rule asks for it. */
export class NumberedTopic {
  readonly #numbers: number[] = [];

  constructor(
    readonly topic: TopicLevels,
    private readonly plain: PlainLevels,
  ) {}

  /** As {@link PlainLevels.numberOf}. */
  numberAt(at: number): number {
    return (this.#numbers[at] ??= this.plain.numberOf(at, this.topic.levels[at] ?? ''));
  }
}

import type { Rule } from '../rule.js';
import type { TopicTemplate } from '../topic-template.js';

/** How many shapes and how many rules one search looks at: what it has not found by then, it does not find. */
const MAX_SHAPES = 200;
const MAX_CANDIDATES = 1_000;

/**
 * Finds the rules that may apply to something that another template applies to: they are all among what is found, but
 * not all that is found does (`intersect-templates.ts` tells).
 *
 * Rules are grouped by where their plain texts stand. Two templates have nothing in common unless they are equal where
 * both have plain text, so that for each pair of groups one look into a Map finds those that are left.
 */
export class OverlapIndex {
  readonly #shapes = new Map<string, Shape>();

  /** @param rules well-formed ones. */
  constructor(rules: Iterable<Rule>) {
    for (const rule of rules) {
      const outline = outlineOf(rule.template);
      const key = `${outline.isOpen} ${outline.depth} ${outline.texts.join()}`;
      const shape = this.#shapes.get(key);
      if (shape) shape.rules.push(rule);
      else this.#shapes.set(key, new Shape(outline, rule));
    }
  }

  /** Candidates, in no particular order. */
  *find(template: TopicTemplate): Iterable<Rule> {
    const outline = outlineOf(template);
    let shapes = 0;
    let candidates = 0;
    for (const shape of this.#shapes.values()) {
      if (!canMeet(shape.outline, outline)) continue;
      if (++shapes > MAX_SHAPES) return;
      for (const rule of shape.find(template, outline)) {
        if (++candidates > MAX_CANDIDATES) return;
        yield rule;
      }
    }
  }
}

/** Where the plain texts of a template stand. */
interface Outline {
  /** How many levels, a final `#` aside. */
  readonly depth: number;
  readonly isOpen: boolean;
  readonly texts: readonly number[];
}

function outlineOf({ levels }: TopicTemplate): Outline {
  const isOpen = levels.at(-1)?.kind === 'hash';
  return {
    depth: isOpen ? levels.length - 1 : levels.length,
    isOpen,
    texts: levels.flatMap((level, at) => (level.kind === 'literal' ? [at] : [])),
  };
}

/** Whether templates of these lengths have topics in common. */
function canMeet(a: Outline, b: Outline): boolean {
  if (a.isOpen) return b.isOpen || b.depth >= a.depth;
  return b.isOpen ? a.depth >= b.depth : a.depth === b.depth;
}

/** Rules with the same outline. */
class Shape {
  readonly rules: Rule[];
  /** By the levels that are compared, then by what stands there. */
  readonly #byTexts = new Map<string, ReadonlyMap<string, readonly Rule[]>>();

  constructor(
    readonly outline: Outline,
    rule: Rule,
  ) {
    this.rules = [rule];
  }

  find(template: TopicTemplate, { texts }: Outline): readonly Rule[] {
    const common = this.outline.texts.filter((at) => texts.includes(at));
    if (common.length === 0) return this.rules;
    const key = common.join();
    let byTexts = this.#byTexts.get(key);
    if (!byTexts) this.#byTexts.set(key, (byTexts = groupByTexts(this.rules, common)));
    return byTexts.get(textsAt(template, common)) ?? [];
  }
}

function groupByTexts(
  rules: readonly Rule[],
  levels: readonly number[],
): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = textsAt(rule.template, levels);
    const group = groups.get(key);
    if (group) group.push(rule);
    else groups.set(key, [rule]);
  }
  return groups;
}

/** Levels hold no slash, so that no two of them have the same text. */
function textsAt({ levels }: TopicTemplate, at: readonly number[]): string {
  return at.map((i) => levels[i]?.text ?? '').join('/');
}

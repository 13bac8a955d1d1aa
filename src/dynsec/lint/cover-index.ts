import { RuleIndex } from '../rule-index.js';
import type { Rule } from '../rule.js';
import type { StandIns } from './stand-ins.js';

/**
 * Finds rules that apply wherever another one does.
 *
 * A template is read as a filter, its variables as values that nothing else has: whichever rule applies to that
 * applies to everything that the template stands for.
 */
export class CoverIndex {
  readonly #forAllows: RuleIndex;
  readonly #forDenies: RuleIndex;

  /** @param rules well-formed ones, in the order of evaluation. */
  constructor(
    rules: readonly Rule[],
    private readonly standIns: StandIns,
  ) {
    this.#forAllows = new RuleIndex(rules);
    // A deny also decides about clients without a safe value, for whom no templated allow ever applies.
    this.#forDenies = new RuleIndex(
      rules.filter(({ acl, template }) => !acl.allow || !template.hasVariables),
    );
  }

  /** The first of the rules that applies whenever this one does; it may be the rule itself. */
  find(rule: Rule): Rule | undefined {
    return this.#search(rule, rule.acl.allow ? this.#forAllows : this.#forDenies);
  }

  /** The same, clients without a safe value for some variable left aside. */
  findForSafeValues(rule: Rule): Rule | undefined {
    return this.#search(rule, this.#forAllows);
  }

  #search({ template }: Rule, index: RuleIndex): Rule | undefined {
    const filter = this.standIns.asFilter(template.levels);
    return index.find(filter, this.standIns.identity, { sawUnsafeAllow: false })?.rule;
  }
}

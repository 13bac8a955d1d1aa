import type { Document } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { CasesProblem } from './cases-error.js';

/** Where something stands in a document: names of members and places in lists. */
export type YamlPath = readonly PropertyKey[];

/** A text in YAML (1.2), with the lines of what it says. */
export class YamlText {
  /** Undefined where there are problems. */
  readonly value: unknown;
  /** What keeps the text from being YAML. */
  readonly problems: readonly CasesProblem[];
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(source: string) {
    this.#document = parseDocument(source, { lineCounter: this.#lines, prettyErrors: false });
    const found = [...this.#document.errors, ...this.#document.warnings];
    this.problems = found.map(({ pos, message }) => ({
      line: this.#lines.linePos(pos[0]).line,
      message: `${message}; texts with characters that mean something to YAML, such as # and %, go into quotes`,
    }));
    if (this.problems.length > 0) return;
    try {
      this.value = this.#document.toJS();
    } catch (error) {
      // Aliases that unfold into millions of values.
      this.problems = [{ line: 1, message: error instanceof Error ? error.message : 'cannot be read' }];
    }
  }

  /** The line of a value, or of what it would stand in. */
  lineOf(path: YamlPath): number {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#lines.linePos(node.range[0]).line;
    }
    return 1;
  }

  /** The line of a member's name. */
  lineOfKey(path: YamlPath, key: string): number {
    const map: unknown = this.#document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    return isScalar(pair?.key) && pair.key.range
      ? this.#lines.linePos(pair.key.range[0]).line
      : this.lineOf(path);
  }
}

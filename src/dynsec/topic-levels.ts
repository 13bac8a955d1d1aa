/**
 * A topic or filter under decision, split once for all the roles that look at it.
 */
export class TopicLevels {
  readonly levels: readonly string[];
  readonly startsWithDollar: boolean;

  readonly #prefixes: string[] = [];

  constructor(readonly text: string) {
    this.levels = text.split('/');
    this.startsWithDollar = text.startsWith('$');
  }

  /** The first `depth` levels as text, without a slash at the end. */
  prefix(depth: number): string {
    if (depth === this.levels.length) return this.text;
    return (this.#prefixes[depth] ??= this.levels.slice(0, depth).join('/'));
  }
}

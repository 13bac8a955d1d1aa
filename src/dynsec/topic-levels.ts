/**
 * A topic or filter under decision, split once for all the roles that look at it.
 */
export class TopicLevels {
  readonly levels: readonly string[];
  readonly startsWithDollar: boolean;
  /** Whether there is a `#` anywhere. */
  readonly hasHash: boolean;

  constructor(readonly text: string) {
    this.levels = text.split('/');
    this.startsWithDollar = text.startsWith('$');
    this.hasHash = text.includes('#');
  }
}

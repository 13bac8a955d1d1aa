import { LineLimit } from './line-limit.js';
import type { Logger } from './log.js';

/** Writes down what should not have happened, with its stack; the same again and again only some times. */
export class DefectLog {
  readonly #limit: LineLimit;

  constructor(private readonly log: Logger) {
    this.#limit = new LineLimit((suppressed) => {
      log.error({ suppressed }, 'more defects, the same as before');
    });
  }

  /** Takes note of an error of ours. */
  note(error: unknown): void {
    if (this.#limit.admit(error instanceof Error ? error.message : typeof error))
      this.log.error({ err: error }, 'a defect: please report it');
  }
}

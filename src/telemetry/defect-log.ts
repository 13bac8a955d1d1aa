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
    if (this.#limit.admit(placeOf(error))) this.log.error({ err: error }, 'a defect: please report it');
  }
}

/** Where it comes from, whatever it says: that may be of whoever asked. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${error.name} ${place ?? ''}`;
}

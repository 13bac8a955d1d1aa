import type { Response } from 'express';

/** Answers that go on for as long as somebody reads them: they end when the service does, which would wait for them. */
export class OpenStreams {
  readonly #responses = new Set<Response>();

  /** @param closing aborted when the service begins to end. */
  constructor(private readonly closing: AbortSignal) {
    closing.addEventListener('abort', () => {
      for (const response of this.#responses) endStream(response);
    });
  }

  /** Adds an answer whose head is sent; one that comes late ends at once. */
  add(response: Response): void {
    if (this.closing.aborted) {
      endStream(response);
      return;
    }
    this.#responses.add(response);
    response.once('close', () => {
      this.#responses.delete(response);
    });
  }
}

/** Who does not read what is there would not read the end either. */
function endStream(response: Response): void {
  if (response.writableNeedDrain) response.destroy();
  else response.end();
}

import { createHash, timingSafeEqual } from 'node:crypto';

/** Secrets, any of which will do. Compared by digest, in a time that does not depend on them. */
export class TokenList {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digestOf);
  }

  /** Whether there is none: nothing is asked for then. */
  get isEmpty(): boolean {
    return this.#digests.length === 0;
  }

  /** Whether this is one of them. */
  includes(token: string): boolean {
    const digest = digestOf(token);
    // Every one is compared: which of them fits does not show in the time either.
    return this.#digests.map((known) => timingSafeEqual(known, digest)).includes(true);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

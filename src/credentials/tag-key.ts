import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey } from 'node:crypto';

/** A key under which texts become tags. */
export class TagKey {
  readonly #key: KeyObject;

  /** @param secret 128 bits that nobody can guess, or more. */
  constructor(secret: string | Uint8Array) {
    this.#key = createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
  }

  /**
   * HMAC-SHA256 of the texts, each with its length (in UTF-16 code units) before it, so that no two lists meet: 43
   * characters of base64url. Without the key, nobody can make one or tell what it is of.
   */
  tag(texts: readonly string[]): string {
    const message = texts.map((text) => `${text.length}:${text}`).join('');
    return createHmac('sha256', this.#key).update(message).digest('base64url');
  }
}

import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';

/**
 * Makes a tag of texts, each with its length (in UTF-16 code units) before it, so that no two lists meet: 43 characters of
 * base64url. Without the key, nobody can make one or tell what it is of.
 */
export interface TagKey {
  tag(texts: readonly string[]): string;
}

/** HMAC-SHA256 under a key that others have too: for tags that leave the process. */
export class SharedTagKey implements TagKey {
  readonly #key: KeyObject;

  /** @param secret 128 bits that nobody can guess, or more. */
  constructor(secret: string | Uint8Array) {
    this.#key = createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
  }

  tag(texts: readonly string[]): string {
    return createHmac('sha256', this.#key).update(messageOf(texts)).digest('base64url');
  }
}

/** A block of SHA-256 when it is written as hexadecimal digits. */
const KEY_BYTES = 32;

/**
 * SHA-256 of a random key, the texts, and the key again, for tags that never leave the process: in one call, which a
 * login that is remembered hardly feels, where an HMAC takes four times as long and leaves objects of OpenSSL's behind.
 * SECURITY: see `docs/decisions/0016-tags-in-memory-are-keyed-hashes.md`.
 */
export class ProcessTagKey implements TagKey {
  readonly #key = randomBytes(KEY_BYTES).toString('hex');

  tag(texts: readonly string[]): string {
    return hash('sha256', `${this.#key}${messageOf(texts)}${this.#key}`, 'base64url');
  }
}

function messageOf(texts: readonly string[]): string {
  let message = '';
  for (const text of texts) message += `${text.length}:${text}`;
  return message;
}

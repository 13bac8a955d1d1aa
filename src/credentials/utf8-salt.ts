import { GO_AUTH_PBKDF2_STARTS } from './parse-go-auth-pbkdf2.js';

/** All that comes before the salt of a PBKDF2 hash of mosquitto-go-auth, the salt, and the hash. */
const PARTS = /^(PBKDF2\$[^$]*\$[^$]*|\$?pbkdf2-sha512\$[^$]*)\$([^$]*)\$([^$]*)$/;

/**
 * A hash that mosquitto-go-auth wrote with `hasher_salt_encoding utf-8`, its salt as text, in the spelling with base64:
 * the bytes are the same. Anything else is left as it is.
 */
export function withBase64Salt(encoded: string): string {
  if (!GO_AUTH_PBKDF2_STARTS.test(encoded)) return encoded;
  const [, start, salt, hash] = PARTS.exec(encoded) ?? [];
  if (start === undefined || salt === undefined || hash === undefined) return encoded;
  const base64 = Buffer.from(salt).toString('base64');
  return [start, start.startsWith('PBKDF2') ? base64 : base64.replace(/=+$/, ''), hash].join('$');
}

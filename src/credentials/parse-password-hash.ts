import type { StoredPassword } from '../dynsec/entities.js';
import { parseArgon2id } from './parse-argon2id.js';
import { parseBcrypt } from './parse-bcrypt.js';
import { GO_AUTH_PBKDF2_STARTS, parseGoAuthPbkdf2 } from './parse-go-auth-pbkdf2.js';
import { parsePbkdf2, parseSha512, parseTriple } from './parse-sha512.js';
import type { ParsedPassword } from './password-hash.js';
import { unusable } from './password-hash.js';

/** Whether some password may fit a stored one, see {@link parsePasswordHash}. */
export function isUsablePassword(stored: StoredPassword): boolean {
  return parsePasswordHash(stored).usable;
}

/**
 * Reads a stored password of any known form. Total: what cannot be read, or would take too long to compute
 * (`hash-limits.ts`), is unusable with the reason.
 */
export function parsePasswordHash(stored: StoredPassword): ParsedPassword {
  if (!('encoded' in stored)) return parseTriple(stored);
  const { encoded } = stored;
  if (encoded.startsWith('$7$')) return parsePbkdf2(encoded);
  if (encoded.startsWith('$6$')) return parseSha512(encoded);
  if (encoded.startsWith('$argon2id$')) return parseArgon2id(encoded);
  if (/^\$2[aby]\$/.test(encoded)) return parseBcrypt(encoded);
  if (GO_AUTH_PBKDF2_STARTS.test(encoded)) return parseGoAuthPbkdf2(encoded);
  return unusable('starts with none of `$7$`, `$6$`, `$argon2id$`, `$2a$`, `$2b$`, `$2y$`, `PBKDF2$`');
}

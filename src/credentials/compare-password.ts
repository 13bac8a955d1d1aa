import { timingSafeEqual } from 'node:crypto';

import { compareSync } from 'bcrypt';

import { deriveArgon2id, derivePbkdf2, deriveSha512 } from './derive.js';
import { fitsBcrypt } from './hash-recipe.js';
import type { PasswordHash } from './password-hash.js';

/**
 * Whether the password is the one that was hashed. Keeps the calling thread as long as the hash asks for, whatever
 * the password is; one with NUL is never right.
 */
export function comparePassword(hash: PasswordHash, password: string): boolean {
  if (password.includes('\0')) return false;
  if (hash.scheme === 'bcrypt') return compareBcrypt(hash.encoded, password);
  return timingSafeEqual(derive(hash, password), hash.hash);
}

/** SECURITY: bcrypt would cut a longer password off; the work is done all the same, so that time tells nothing. */
function compareBcrypt(encoded: string, password: string): boolean {
  if (fitsBcrypt(password)) return compareSync(password, encoded);
  compareSync('', encoded);
  return false;
}

function derive(hash: Exclude<PasswordHash, { scheme: 'bcrypt' }>, password: string): Uint8Array {
  switch (hash.scheme) {
    case 'sha512':
      return deriveSha512(password, hash.salt);
    case 'pbkdf2-sha512':
    case 'pbkdf2-sha256':
      return derivePbkdf2(password, hash, hash.hash.length);
    case 'argon2id':
      return deriveArgon2id(password, hash, hash.hash.length);
  }
}

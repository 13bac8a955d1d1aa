import { randomBytes } from 'node:crypto';

import { genSaltSync, hashSync } from 'bcrypt';

import { encodeUnpaddedBase64 } from './base64.js';
import { deriveArgon2id, derivePbkdf2 } from './derive.js';
import { SHA512_BYTES } from './hash-limits.js';
import type { HashRecipe } from './hash-recipe.js';
import { ARGON2_NEW_MEMORY_KIB, assertHashable, assertRecipe, encodedStart } from './hash-recipe.js';

/** As Mosquitto 2.1, which reads no other than this and 12. */
const SALT_BYTES = 64;

/**
 * The encoded hash of a new password, with a new salt. Keeps the calling thread as long as the recipe asks for.
 * @throws TypeError for a cost that is out of range.
 * @throws UnhashablePasswordError for a password with NUL, or one that is longer than what the form reads.
 */
export function hashPassword(password: string, recipe: HashRecipe): string {
  assertRecipe(recipe);
  assertHashable(password, recipe.form);
  switch (recipe.form) {
    case 'pbkdf2-sha512':
      return hashPbkdf2(password, recipe);
    case 'argon2id':
      return hashArgon2id(password, recipe);
    case 'bcrypt':
      return hashSync(password, genSaltSync(recipe.cost));
  }
}

function hashPbkdf2(password: string, recipe: HashRecipe): string {
  const salt = randomBytes(SALT_BYTES);
  const costs = { scheme: 'pbkdf2-sha512', iterations: recipe.cost, salt } as const;
  const hash = Buffer.from(derivePbkdf2(password, costs, SHA512_BYTES));
  return `${encodedStart(recipe)}${salt.toString('base64')}$${hash.toString('base64')}`;
}

function hashArgon2id(password: string, recipe: HashRecipe): string {
  const salt = randomBytes(SALT_BYTES);
  const costs = { memoryKib: ARGON2_NEW_MEMORY_KIB, passes: recipe.cost, parallelism: 1, salt };
  const hash = Buffer.from(deriveArgon2id(password, costs, SHA512_BYTES));
  return `${encodedStart(recipe)}${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(hash)}`;
}

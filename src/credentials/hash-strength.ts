import type { StoredPassword } from '../dynsec/entities.js';
import type { HashRecipe } from './hash-recipe.js';
import { ARGON2_NEW_MEMORY_KIB } from './hash-recipe.js';
import { parsePasswordHash } from './parse-password-hash.js';
import type { PasswordHash } from './password-hash.js';

/**
 * How hard a hash is to guess: by how badly graphics cards fare with its form, and by how long one takes here. One is
 * weaker than another if it is below it in the second and not above it in the first; many are neither.
 */
interface Strength {
  readonly form: number;
  /** In ms, as measured for `hash-recipe.ts`. */
  readonly workMs: number;
}

const FORMS = {
  sha512: 0,
  'pbkdf2-sha256': 1,
  'pbkdf2-sha512': 1,
  bcrypt: 2,
  argon2id: 3,
} as const satisfies Record<PasswordHash['scheme'], number>;

const PBKDF2_MS = 40 / 100_000;
const BCRYPT_10_MS = 50;
const ARGON2_KIB_PASS_MS = 40 / ARGON2_NEW_MEMORY_KIB;

/**
 * Whether a stored password is weaker than a new one would be, beyond doubt: one that is unusable is not, nor one of
 * another form that may be as strong in its own way.
 */
export function isWeaker(stored: StoredPassword, recipe: HashRecipe): boolean {
  const parsed = parsePasswordHash(stored);
  if (!parsed.usable) return false;
  const is = strengthOf(parsed.hash);
  const wanted: Strength = { form: FORMS[recipe.form], workMs: recipeWorkMs(recipe) };
  return is.form <= wanted.form && is.workMs < wanted.workMs;
}

function strengthOf(hash: PasswordHash): Strength {
  return { form: FORMS[hash.scheme], workMs: workMs(hash) };
}

function workMs(hash: PasswordHash): number {
  switch (hash.scheme) {
    case 'sha512':
      return 0;
    case 'pbkdf2-sha256':
    case 'pbkdf2-sha512':
      return hash.iterations * PBKDF2_MS;
    case 'bcrypt':
      // `$2b$12$`: two digits.
      return bcryptMs(Number(hash.encoded.slice(4, 6)));
    case 'argon2id':
      return hash.memoryKib * hash.passes * ARGON2_KIB_PASS_MS;
  }
}

function recipeWorkMs({ form, cost }: HashRecipe): number {
  if (form === 'bcrypt') return bcryptMs(cost);
  if (form === 'pbkdf2-sha512') return cost * PBKDF2_MS;
  return ARGON2_NEW_MEMORY_KIB * cost * ARGON2_KIB_PASS_MS;
}

function bcryptMs(cost: number): number {
  return BCRYPT_10_MS * 2 ** (cost - 10);
}

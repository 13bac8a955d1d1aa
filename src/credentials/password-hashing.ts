import type { StoredPassword } from '../dynsec/entities.js';
import type { PasswordHasher } from '../gate/ports.js';
import { UnhashablePasswordError } from './errors.js';
import type { HashPool } from './hash-pool.js';
import type { HashRecipe } from './hash-recipe.js';
import { ARGON2_NEW_MEMORY_KIB, HASH_COSTS } from './hash-recipe.js';
import { parsePasswordHash } from './parse-password-hash.js';
import type { PasswordHash } from './password-hash.js';

/** Hashes new passwords in the threads of a pool. */
export class PoolHasher implements PasswordHasher {
  constructor(
    private readonly pool: Pick<HashPool, 'hash'>,
    private readonly recipe: HashRecipe,
  ) {}

  async hashNew(
    password: string,
    stored: StoredPassword | undefined,
  ): Promise<{ readonly encoded: string } | { readonly error: string }> {
    try {
      return { encoded: await this.pool.hash(password, strongerRecipe(this.recipe, stored)) };
    } catch (error) {
      if (error instanceof UnhashablePasswordError) return { error: error.message };
      throw error;
    }
  }
}

/**
 * The configured recipe, at no lower cost than that of the stored hash where that one is of the same form.
 * Costs of different forms are not compared: the form is the operator's choice.
 */
export function strongerRecipe(recipe: HashRecipe, stored: StoredPassword | undefined): HashRecipe {
  const parsed = stored && parsePasswordHash(stored);
  const cost = parsed?.usable ? costOf(parsed.hash, recipe.form) : 0;
  return { form: recipe.form, cost: Math.min(Math.max(recipe.cost, cost), HASH_COSTS[recipe.form].max) };
}

function costOf(hash: PasswordHash, form: HashRecipe['form']): number {
  if (hash.scheme !== form) return 0;
  switch (hash.scheme) {
    case 'pbkdf2-sha512':
      return hash.iterations;
    case 'bcrypt':
      // `$2b$12$`: two digits.
      return Number(hash.encoded.slice(4, 6));
    case 'argon2id':
      return Math.ceil((hash.memoryKib * hash.passes) / ARGON2_NEW_MEMORY_KIB);
  }
}

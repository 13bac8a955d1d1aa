import { createHmac, randomBytes } from 'node:crypto';

import type { StoredPassword } from '../dynsec/entities.js';
import type { Decoy } from './decoy.js';
import { countForms, createDecoy } from './decoy.js';
import type { HashRecipe } from './hash-recipe.js';
import { encodedStart } from './hash-recipe.js';

/** The commonest forms that decoys are made of; what else there is makes no difference that anybody could see. */
const MAX_FORMS = 8;

/** How much of a digest chooses: 48 bits, which a number holds. */
const CHOICE_BYTES = 6;

interface WeightedDecoy extends Decoy {
  readonly weight: number;
}

/**
 * What logins of user names are compared with for which nothing usable is stored, so that they take as long as others.
 * SECURITY: where hashes of several costs are stored, names that do not exist are spread over these costs as those that
 * exist are, each name always with the same one. Which one that is takes a key to tell.
 */
export class Decoys {
  readonly #total: number;

  /** @param decoys one or more. */
  constructor(
    private readonly decoys: readonly [WeightedDecoy, ...WeightedDecoy[]],
    private readonly key: string | Uint8Array,
  ) {
    this.#total = decoys.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** The decoy that stands for a user name. */
  of(username: string): Decoy {
    const digest = createHmac('sha256', this.key).update(username).digest();
    let left = (digest.readUIntBE(0, CHOICE_BYTES) / 2 ** (8 * CHOICE_BYTES)) * this.#total;
    return this.decoys.find(({ weight }) => (left -= weight) < 0) ?? this.decoys[0];
  }
}

/**
 * Decoys in the forms of stored passwords, or in that of the recipe where none of them is usable.
 * @param key nobody's to guess, and the same for all instances that are to choose alike.
 * @throws TypeError where the recipe is needed and its cost is beyond what is verified.
 */
export function createDecoys(
  stored: Iterable<StoredPassword>,
  recipe: HashRecipe,
  key: string | Uint8Array = randomBytes(32),
): Decoys {
  const counted = [...countForms(stored)].sort(([, a], [, b]) => b - a);
  const decoys = counted.flatMap(([start, weight]) => {
    const decoy = createDecoy(start);
    return decoy ? [{ ...decoy, weight }] : [];
  });
  const [first = recipeDecoy(recipe), ...others] = decoys.slice(0, MAX_FORMS);
  return new Decoys([first, ...others], key);
}

function recipeDecoy(recipe: HashRecipe): WeightedDecoy {
  const decoy = createDecoy(encodedStart(recipe));
  if (decoy) return { ...decoy, weight: 1 };
  throw new TypeError(`no hash can be made of \`${recipe.form}\` with the cost \`${recipe.cost}\``);
}

import { randomBytes } from 'node:crypto';

import type { StoredPassword } from '../dynsec/entities.js';
import type { Decoy } from './decoy.js';
import { countForms, createDecoy } from './decoy.js';
import type { HashRecipe } from './hash-recipe.js';
import { encodedStart } from './hash-recipe.js';
import { SharedTagKey } from './tag-key.js';

/** The commonest forms that decoys are made of; what else there is makes no difference that anybody could see. */
const MAX_FORMS = 8;

/** Of the texts under a tag: nothing else is ever signed by the same key with it. */
const PURPOSE = 'gatehouse decoy, 1';

/** How much of a tag chooses: 48 bits, which a number holds. */
const CHOICE_BYTES = 6;

interface WeightedDecoy extends Decoy {
  readonly weight: number;
}

/**
 * What logins of user names are compared with for which nothing usable is stored, so that they take as long as others.
 * SECURITY: where hashes of several costs are stored, names that do not exist are spread over these costs as those that
 * exist are, each name with the same one for as long as the shares of the costs stay as they are. Which one that is takes
 * a key to tell.
 */
export class Decoys {
  readonly #total: number;
  readonly #key: SharedTagKey;

  /** @param decoys one or more. */
  constructor(
    private readonly decoys: readonly [WeightedDecoy, ...WeightedDecoy[]],
    key: string | Uint8Array,
  ) {
    this.#key = new SharedTagKey(key);
    this.#total = decoys.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** The decoy that stands for a user name. */
  of(username: string): Decoy {
    const tag = Buffer.from(this.#key.tag([PURPOSE, username]), 'base64url');
    let left = (tag.readUIntBE(0, CHOICE_BYTES) / 2 ** (8 * CHOICE_BYTES)) * this.#total;
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
  const decoys = [...countForms(stored)].flatMap(([start, weight]) => {
    const decoy = createDecoy(start);
    return decoy ? [{ ...decoy, start, weight }] : [];
  });
  const commonest = decoys.sort((a, b) => b.weight - a.weight).slice(0, MAX_FORMS);
  // By what they are, not by how many: where shares change a little, few names go over to another form.
  const [first = recipeDecoy(recipe), ...others] = commonest.sort((a, b) => (a.start < b.start ? -1 : 1));
  return new Decoys([first, ...others], key);
}

function recipeDecoy(recipe: HashRecipe): WeightedDecoy {
  const decoy = createDecoy(encodedStart(recipe));
  if (decoy) return { ...decoy, weight: 1 };
  throw new TypeError(`no hash can be made of \`${recipe.form}\` with the cost \`${recipe.cost}\``);
}

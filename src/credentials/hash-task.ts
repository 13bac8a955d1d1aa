import type { HashRecipe } from './hash-recipe.js';
import type { PasswordHash } from './password-hash.js';

/** What a hash thread is asked for. Plain data: it is copied to the thread. */
export type HashTask =
  /** Answered with a boolean. */
  | { readonly kind: 'compare'; readonly hash: PasswordHash; readonly password: string }
  /** Answered with the encoded hash. */
  | { readonly kind: 'hash'; readonly recipe: HashRecipe; readonly password: string };

/** The export of a worker file that computes a task. */
export const HASH_TASK_EXPORT = 'computeHashTask';

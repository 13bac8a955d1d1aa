import { UnhashablePasswordError } from './errors.js';
import {
  ARGON2_KIB_PASSES_MAX,
  BCRYPT_COST_MAX,
  BCRYPT_COST_MIN,
  BCRYPT_PASSWORD_BYTES_MAX,
  PBKDF2_ITERATIONS_MAX,
} from './hash-limits.js';

/** The forms in which new passwords are hashed. */
export const PASSWORD_HASH_FORMS = ['pbkdf2-sha512', 'bcrypt', 'argon2id'] as const;

/** `pbkdf2-sha512` is written as `$7$`, the one of these that every Mosquitto 2.1 reads too. */
export type PasswordHashForm = (typeof PASSWORD_HASH_FORMS)[number];

/** How new passwords are hashed. */
export interface HashRecipe {
  readonly form: PasswordHashForm;
  /** An integer within {@link HASH_COSTS}: iterations, bcrypt's exponent of two, or Argon2's passes. */
  readonly cost: number;
}

/** What a cost may be, limits included. */
export interface CostRange {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** The memory of new Argon2id hashes: Mosquitto 2.1's own, which is also among OWASP's recommendations. */
export const ARGON2_NEW_MEMORY_KIB = 47_104;

/**
 * The costs of each form. No largest one is beyond what is verified (`hash-limits.ts`).
 *
 * - `pbkdf2-sha512`: 100,000 iterations take as long as bcrypt with 10 (40 ms, 50 ms), so that choosing a form is not
 *   choosing a strength. A Mosquitto that reads the same file verifies on its one thread and stands still meanwhile:
 *   whoever logs in there by the hundreds sets it lower. The least is Mosquitto 2.1's own.
 * - `bcrypt`: 10 is what the library and most tools take.
 * - `argon2id`: one pass over 46 MiB, as Mosquitto 2.1 built with Argon2.
 */
export const HASH_COSTS: Readonly<Record<PasswordHashForm, CostRange>> = {
  'pbkdf2-sha512': { min: 1_000, max: PBKDF2_ITERATIONS_MAX, default: 100_000 },
  bcrypt: { min: BCRYPT_COST_MIN, max: BCRYPT_COST_MAX, default: 10 },
  argon2id: { min: 1, max: Math.floor(ARGON2_KIB_PASSES_MAX / ARGON2_NEW_MEMORY_KIB), default: 1 },
};

/** @throws TypeError for a cost outside {@link HASH_COSTS}. */
export function assertRecipe({ form, cost }: HashRecipe): void {
  const { min, max } = HASH_COSTS[form];
  if (Number.isInteger(cost) && cost >= min && cost <= max) return;
  throw new TypeError(`the cost of ${form} is \`${cost}\`, not an integer from ${min} to ${max}`);
}

/** @throws UnhashablePasswordError for a password with NUL, or one that is longer than what the form reads. */
export function assertHashable(password: string, form: PasswordHashForm): void {
  if (password.includes('\0')) throw new UnhashablePasswordError('the password holds NUL');
  if (form !== 'bcrypt' || fitsBcrypt(password)) return;
  const limit = String(BCRYPT_PASSWORD_BYTES_MAX);
  throw new UnhashablePasswordError(`the password is longer than the ${limit} bytes that bcrypt reads`);
}

/** Whether bcrypt reads all of a password. */
export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password) <= BCRYPT_PASSWORD_BYTES_MAX;
}

/** All of an encoded hash that comes before its salt. */
export function encodedStart({ form, cost }: HashRecipe): string {
  if (form === 'bcrypt') return `$2b$${String(cost).padStart(2, '0')}$`;
  if (form === 'pbkdf2-sha512') return `$7$${cost}$`;
  return `$argon2id$v=19$m=${ARGON2_NEW_MEMORY_KIB},t=${cost},p=1$`;
}

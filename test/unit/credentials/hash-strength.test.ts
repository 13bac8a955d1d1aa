import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import { hashPassword } from '../../../src/credentials/hash-password.js';
import { isWeaker } from '../../../src/credentials/hash-strength.js';

const B64 = Buffer.alloc(64, 7).toString('base64');
const SALT = Buffer.alloc(12, 7).toString('base64');

const pbkdf2 = (iterations: number) => ({ encoded: `$7$${String(iterations)}$${SALT}$${B64}` });
const bcrypt = (cost: string) => ({
  encoded: `$2b$${cost}$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC`,
});
const argon2 = (memoryKib: number, passes: number) => ({
  encoded: `$argon2id$v=19$m=${String(memoryKib)},t=${String(passes)},p=1$${SALT.replaceAll('=', '')}$${B64.replaceAll('=', '')}`,
});
const SHA512 = { encoded: `$6$${SALT}$${B64}` };
const TRIPLE = { password: B64, salt: SALT, iterations: 101 };

const PBKDF2: HashRecipe = { form: 'pbkdf2-sha512', cost: 100_000 };
const BCRYPT: HashRecipe = { form: 'bcrypt', cost: 10 };
const ARGON2: HashRecipe = { form: 'argon2id', cost: 1 };

describe('isWeaker', () => {
  it.each<readonly [string, Parameters<typeof isWeaker>[0], HashRecipe, boolean]>([
    ["Mosquitto 2.0's own triple", TRIPLE, PBKDF2, true],
    ['one round of SHA-512', SHA512, PBKDF2, true],
    ['fewer iterations', pbkdf2(99_999), PBKDF2, true],
    ['as many iterations', pbkdf2(100_000), PBKDF2, false],
    ['more iterations', pbkdf2(100_001), PBKDF2, false],
    ['a lower cost of bcrypt', bcrypt('09'), BCRYPT, true],
    ['the same cost of bcrypt', bcrypt('10'), BCRYPT, false],
    ['less memory', argon2(19_456, 2), ARGON2, true],
    ['the same memory and passes', argon2(47_104, 1), ARGON2, false],
    ['less memory and many more passes', argon2(4_096, 100), ARGON2, false],
    ['a form that is easier to guess, with less work', pbkdf2(101), ARGON2, true],
    ['a form that is easier to guess, with far more work', pbkdf2(2_000_000), BCRYPT, false],
    ['a form that is harder to guess, with less work', bcrypt('04'), PBKDF2, false],
    ['a form that is harder to guess, with as much work', argon2(47_104, 1), BCRYPT, false],
    ['what nobody can log in with', { encoded: '$7$0$junk' }, PBKDF2, false],
  ])('judges %s', (_what, stored, recipe, expected) => {
    expect(isWeaker(stored, recipe)).toBe(expected);
  });

  it.each([{ form: 'pbkdf2-sha512', cost: 1_000 }, { form: 'bcrypt', cost: 4 }, ARGON2] as const)(
    'finds nothing to do for what was hashed as configured: %j',
    (recipe) => {
      expect(isWeaker({ encoded: hashPassword('a password', recipe) }, recipe)).toBe(false);
    },
  );
});

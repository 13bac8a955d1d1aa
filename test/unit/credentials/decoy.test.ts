import type { StoredPassword } from '../../../src/dynsec/entities.js';
import { comparePassword } from '../../../src/credentials/compare-password.js';
import { createDecoy } from '../../../src/credentials/decoy.js';
import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import { parsePasswordHash } from '../../../src/credentials/parse-password-hash.js';
import type { PasswordHash } from '../../../src/credentials/password-hash.js';

const RECIPE: HashRecipe = { form: 'bcrypt', cost: 4 };

const seven = (iterations: number): StoredPassword => ({ encoded: `$7$${iterations}$c2FsdA==$aGFzaA==` });
const bcrypt = (version: string, cost: string): StoredPassword => ({
  encoded: `$${version}$${cost}$whatever`,
});
const argon2id: StoredPassword = { encoded: '$argon2id$v=19$m=64,t=2,p=1$c2FsdA$aGFzaA' };
const triple: StoredPassword = { password: 'aGFzaA==', salt: 'c2FsdA==', iterations: 101.5 };
const six: StoredPassword = { encoded: '$6$c2FsdA==$aGFzaA==' };

/** A decoy as it is compared. */
function decoyOf(stored: readonly StoredPassword[], recipe = RECIPE): PasswordHash {
  const parsed = parsePasswordHash(createDecoy(stored, recipe));
  if (!parsed.usable) throw new Error(parsed.reason);
  return parsed.hash;
}

describe('createDecoy', () => {
  it('takes scheme and cost of the most frequent form', () => {
    const decoy = decoyOf([seven(1000), seven(5000), seven(5000), six, argon2id]);
    expect(decoy).toMatchObject({ scheme: 'pbkdf2-sha512', iterations: 5000 });
  });

  it('counts the triple of Mosquitto 2.0 with the $7$ of as many iterations', () => {
    expect(decoyOf([six, six, triple, seven(101), triple])).toMatchObject({ iterations: 101 });
  });

  it('counts the three names of bcrypt as one form', () => {
    const stored = [six, six, bcrypt('2a', '05'), bcrypt('2b', '05'), bcrypt('2y', '05')];
    expect(decoyOf(stored)).toMatchObject({ encoded: expect.stringMatching(/^\$2b\$05\$/) });
  });

  it('counts what mosquitto-go-auth works out with SHA-512 with the $7$ of as many iterations', () => {
    const stored = [
      { encoded: 'PBKDF2$sha512$900$c2FsdA==$aGFzaA==' },
      { encoded: '$pbkdf2-sha512$i=900,l=64$c2FsdA$aGFzaA' },
      seven(900),
      six,
      six,
    ];
    expect(decoyOf(stored)).toMatchObject({ scheme: 'pbkdf2-sha512', iterations: 900 });
  });

  it('does as much work as a hash of two SHA-256 digests asks for', () => {
    const long = Buffer.alloc(64, 7).toString('base64');
    const decoy = decoyOf([{ encoded: `PBKDF2$sha256$500$c2FsdA==$${long}` }]);
    expect(decoy).toMatchObject({ scheme: 'pbkdf2-sha256', iterations: 1000 });
    expect(comparePassword(decoy, 'password')).toBe(false);
  });

  it.each([
    ['sha512', six],
    ['argon2id', argon2id],
    ['pbkdf2-sha512', triple],
    ['bcrypt', bcrypt('2y', '04')],
  ])('makes a hash of %s that can be computed and fits no password', (scheme, stored) => {
    const decoy = decoyOf([stored]);
    expect(decoy.scheme).toBe(scheme);
    expect(comparePassword(decoy, 'password')).toBe(false);
  });

  it('passes over forms that are unusable, however frequent', () => {
    const beyond = seven(9_000_000);
    const stored = [beyond, beyond, { encoded: 'junk' }, { encoded: 'junk' }, { encoded: 'junk' }, six];
    expect(decoyOf(stored).scheme).toBe('sha512');
  });

  it.each([
    ['pbkdf2-sha512', 1000, { scheme: 'pbkdf2-sha512', iterations: 1000 }],
    ['bcrypt', 5, { scheme: 'bcrypt', encoded: expect.stringMatching(/^\$2b\$05\$/) }],
    ['argon2id', 2, { scheme: 'argon2id', memoryKib: 47104, passes: 2, parallelism: 1 }],
  ] as const)('is as new hashes of %s are, where nothing is stored', (form, cost, expected) => {
    expect(decoyOf([], { form, cost })).toMatchObject(expected);
  });

  it('is another one each time', () => {
    expect(createDecoy([six], RECIPE)).not.toEqual(createDecoy([six], RECIPE));
  });

  it('refuses a recipe beyond what is verified', () => {
    expect(() => createDecoy([], { form: 'bcrypt', cost: 15 })).toThrow(
      new TypeError('no hash can be made of `bcrypt` with the cost `15`'),
    );
  });
});

import type { StoredPassword } from '../../../src/dynsec/entities.js';
import { comparePassword } from '../../../src/credentials/compare-password.js';
import type { Decoys } from '../../../src/credentials/decoys.js';
import { createDecoys } from '../../../src/credentials/decoys.js';
import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import type { PasswordHash } from '../../../src/credentials/password-hash.js';

const RECIPE: HashRecipe = { form: 'bcrypt', cost: 4 };

const seven = (iterations: number): StoredPassword => ({ encoded: `$7$${iterations}$c2FsdA==$aGFzaA==` });
const bcrypt = (version: string, cost: string): StoredPassword => ({
  encoded: `$${version}$${cost}$whatever`,
});
const argon2id: StoredPassword = { encoded: '$argon2id$v=19$m=64,t=2,p=1$c2FsdA$aGFzaA' };
const triple: StoredPassword = { password: 'aGFzaA==', salt: 'c2FsdA==', iterations: 101.5 };
const six: StoredPassword = { encoded: '$6$c2FsdA==$aGFzaA==' };

/** What a name that is nobody's is compared with. */
const decoyOf = (stored: readonly StoredPassword[], recipe = RECIPE): PasswordHash =>
  createDecoys(stored, recipe).of('nobody').hash;

const NAMES = Array.from({ length: 400 }, (_, i) => `nobody-${i}`);

/** How many of the names are compared with a hash of each number of iterations. */
function spread(decoys: Decoys): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of NAMES) {
    const { hash } = decoys.of(name);
    const kind = hash.scheme === 'pbkdf2-sha512' ? String(hash.iterations) : hash.scheme;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('createDecoys', () => {
  it('spreads names over scheme and cost of all forms, as the stored passwords are spread', () => {
    const stored = [seven(1000), seven(5000), seven(5000), six];
    const { '1000': few = 0, '5000': many = 0, sha512 = 0, ...others } = spread(createDecoys(stored, RECIPE));
    expect(others).toEqual({});
    // A hundred are expected, and two hundred; five standard deviations are 43 and 50.
    expect([few > 57, few < 143, sha512 > 57, sha512 < 143, many > 150, many < 250]).toEqual(
      Array.from({ length: 6 }, () => true),
    );
  });

  it('has the same one for a name each time, and for one key on every instance', () => {
    const stored = [seven(1000), seven(5000), six];
    const [first, second] = [createDecoys(stored, RECIPE, 'a key'), createDecoys(stored, RECIPE, 'a key')];
    const another = createDecoys(stored, RECIPE, 'another key');
    const schemes = (decoys: Decoys): string[] =>
      NAMES.map((name) => {
        const { hash } = decoys.of(name);
        return hash.scheme === 'pbkdf2-sha512' ? String(hash.iterations) : hash.scheme;
      });
    expect(schemes(first)).toEqual(schemes(first));
    expect(schemes(second)).toEqual(schemes(first));
    expect(schemes(another)).not.toEqual(schemes(first));
  });

  it('counts the triple of Mosquitto 2.0 with the $7$ of as many iterations', () => {
    expect(spread(createDecoys([triple, seven(101), triple], RECIPE))).toEqual({ '101': NAMES.length });
  });

  it('counts the three names of bcrypt as one form', () => {
    const stored = [bcrypt('2a', '05'), bcrypt('2b', '05'), bcrypt('2y', '05')];
    expect(decoyOf(stored)).toMatchObject({ encoded: expect.stringMatching(/^\$2b\$05\$/) });
  });

  it('counts what mosquitto-go-auth works out with SHA-512 with the $7$ of as many iterations', () => {
    const stored = [
      { encoded: 'PBKDF2$sha512$900$c2FsdA==$aGFzaA==' },
      { encoded: '$pbkdf2-sha512$i=900,l=64$c2FsdA$aGFzaA' },
      seven(900),
    ];
    expect(spread(createDecoys(stored, RECIPE))).toEqual({ '900': NAMES.length });
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
    expect(decoyOf([six])).not.toEqual(decoyOf([six]));
  });

  it('refuses a recipe beyond what is verified', () => {
    expect(() => createDecoys([], { form: 'bcrypt', cost: 15 })).toThrow(
      new TypeError('no hash can be made of `bcrypt` with the cost `15`'),
    );
  });
});

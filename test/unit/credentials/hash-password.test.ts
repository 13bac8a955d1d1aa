import fc from 'fast-check';

import { comparePassword } from '../../../src/credentials/compare-password.js';
import { UnhashablePasswordError } from '../../../src/credentials/errors.js';
import { hashPassword } from '../../../src/credentials/hash-password.js';
import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import { HASH_COSTS, PASSWORD_HASH_FORMS } from '../../../src/credentials/hash-recipe.js';
import { parsePasswordHash } from '../../../src/credentials/parse-password-hash.js';
import type { PasswordHash } from '../../../src/credentials/password-hash.js';

/** The cheapest hash of each form. */
const CHEAPEST: readonly HashRecipe[] = PASSWORD_HASH_FORMS.map((form) => ({
  form,
  cost: HASH_COSTS[form].min,
}));

/** Passwords of up to 72 bytes of UTF-8, without NUL. */
const password = fc
  .string({ unit: 'grapheme', maxLength: 24 })
  .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 72);

function parse(encoded: string): PasswordHash {
  const parsed = parsePasswordHash({ encoded });
  if (!parsed.usable) throw new Error(parsed.reason);
  return parsed.hash;
}

describe('hashPassword', () => {
  it.each(CHEAPEST)('makes a hash of $form that its password fits and another does not', (recipe) => {
    fc.assert(
      fc.property(password, password, (right, other) => {
        const hash = parse(hashPassword(right, recipe));
        expect(comparePassword(hash, right)).toBe(true);
        expect(comparePassword(hash, other)).toBe(other === right);
      }),
      { numRuns: 25 },
    );
  });

  it('writes PBKDF2 as Mosquitto 2.1 does, with 64 bytes of salt', () => {
    const encoded = hashPassword('secret', { form: 'pbkdf2-sha512', cost: 1000 });
    expect(encoded).toMatch(/^\$7\$1000\$[A-Za-z0-9+/]{86}==\$[A-Za-z0-9+/]{86}==$/);
  });

  it('writes Argon2id as Mosquitto 2.1 does, its passes being the cost', () => {
    const encoded = hashPassword('secret', { form: 'argon2id', cost: 2 });
    expect(encoded).toMatch(/^\$argon2id\$v=19\$m=47104,t=2,p=1\$[A-Za-z0-9+/]{86}\$[A-Za-z0-9+/]{86}$/);
  });

  it('writes bcrypt as $2b$', () => {
    expect(hashPassword('secret', { form: 'bcrypt', cost: 5 })).toMatch(/^\$2b\$05\$[./A-Za-z0-9]{53}$/);
  });

  it.each(CHEAPEST)('takes a new salt for each hash of $form', (recipe) => {
    expect(hashPassword('secret', recipe)).not.toBe(hashPassword('secret', recipe));
  });

  it.each(CHEAPEST)('refuses a password with NUL for $form, and does not repeat it', (recipe) => {
    const refusal = (): string => hashPassword('secret\0', recipe);
    expect(refusal).toThrow(new UnhashablePasswordError('the password holds NUL'));
  });

  it('refuses for bcrypt what is longer than 72 bytes, and for nothing else', () => {
    const long = `${'ä'.repeat(36)}x`;
    expect(() => hashPassword(long, { form: 'bcrypt', cost: 4 })).toThrow(
      new UnhashablePasswordError('the password is longer than the 72 bytes that bcrypt reads'),
    );
    const encoded = hashPassword(long, { form: 'pbkdf2-sha512', cost: 1000 });
    expect(comparePassword(parse(encoded), long)).toBe(true);
  });

  it.each([
    ['pbkdf2-sha512', 999],
    ['pbkdf2-sha512', 2_000_001],
    ['bcrypt', 3],
    ['bcrypt', 15],
    ['bcrypt', 10.5],
    ['argon2id', 0],
    ['argon2id', 23],
    ['argon2id', NaN],
  ] as const)('refuses %s with the cost %d', (form, cost) => {
    const { min, max } = HASH_COSTS[form];
    expect(() => hashPassword('secret', { form, cost })).toThrow(
      new TypeError(`the cost of ${form} is \`${cost}\`, not an integer from ${min} to ${max}`),
    );
  });

  it.each(PASSWORD_HASH_FORMS)('allows no cost of %s beyond what is verified', (form) => {
    const { min, max, default: usual } = HASH_COSTS[form];
    expect([min <= usual, usual <= max]).toEqual([true, true]);
    const encoded = {
      'pbkdf2-sha512': `$7$${max}$c2FsdA==$${Buffer.alloc(64).toString('base64')}`,
      bcrypt: `$2b$${max}$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC`,
      argon2id: `$argon2id$v=19$m=47104,t=${max},p=1$${'A'.repeat(86)}$${'A'.repeat(86)}`,
    }[form];
    expect(parsePasswordHash({ encoded }).usable).toBe(true);
  });
});

describe('comparePassword', () => {
  /** Made by other programs: crypt(3) of Debian's libxcrypt, Python's hashlib, the reference program of Argon2. */
  it.each([
    ['$2a$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC', 'pässwörd'],
    ['$2b$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC', 'pässwörd'],
    ['$2y$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC', 'pässwörd'],
    ['$2y$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq', ''],
    ['$2y$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i', 'x'.repeat(72)],
    [
      '$6$cw==$0z+nqDrC0xZRae7LfTJLJDn+HqZkCpxf5cyh+kK4VZnLuv/27WcdgIIfmt5+AUpAVZxbsMTroJK7EwCNwa2O/g==',
      'pässwörd',
    ],
    [
      '$7$210$OCBieXRlcyE=$e4HziKTRgNDxy92VmYKfCLE8QLD71pNNs6URgRNVzdRoB+2r87brnqR0I3vkOC3dnAXXq+LUbtdG3mzpoOFJdA==',
      'pässwörd',
    ],
    ['$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc', 'password'],
  ])('finds what other programs hashed: %s', (encoded, right) => {
    expect(comparePassword(parse(encoded), right)).toBe(true);
    expect(comparePassword(parse(encoded), `${right} `)).toBe(false);
  });

  it('does not take the first 72 bytes of a longer password for the whole with bcrypt', () => {
    const hash = parse('$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i');
    expect(comparePassword(hash, 'x'.repeat(73))).toBe(false);
  });

  it('does not take a longer password for an empty one with bcrypt', () => {
    const hash = parse('$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq');
    expect(comparePassword(hash, '')).toBe(true);
    expect(comparePassword(hash, 'x'.repeat(73))).toBe(false);
  });

  it.each(CHEAPEST)('takes nothing with NUL for what comes before it, with $form', (recipe) => {
    const hash = parse(hashPassword('admin', recipe));
    expect(comparePassword(hash, 'admin\0')).toBe(false);
    expect(comparePassword(hash, 'admin\0anything')).toBe(false);
  });
});

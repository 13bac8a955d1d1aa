import fc from 'fast-check';

import type { StoredPassword } from '../../../src/dynsec/entities.js';
import { parsePasswordHash } from '../../../src/credentials/parse-password-hash.js';

const base64 = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');
const unpadded = (bytes: number): string => base64(bytes).replace(/=+$/, '');

const SALT = base64(12);
const HASH = base64(64);
const BCRYPT_REST = 'abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC';

/** The hash, or the reason why there is none. */
function parse(stored: StoredPassword | string): unknown {
  const parsed = parsePasswordHash(typeof stored === 'string' ? { encoded: stored } : stored);
  return parsed.usable ? parsed.hash : parsed.reason;
}

describe('parsePasswordHash', () => {
  it('reads $7$ and $6$ with a salt of any length from one byte', () => {
    for (const bytes of [1, 2, 12, 16, 64, 1000]) {
      const salt = new Uint8Array(bytes).fill(7);
      const hash = new Uint8Array(64).fill(7);
      expect(parse(`$7$101$${base64(bytes)}$${HASH}`)).toEqual({
        scheme: 'pbkdf2-sha512',
        iterations: 101,
        salt,
        hash,
      });
      expect(parse(`$6$${base64(bytes)}$${HASH}`)).toEqual({ scheme: 'sha512', salt, hash });
    }
  });

  it('reads the triple of Mosquitto 2.0 as $7$, with a fraction of iterations cut off', () => {
    const seven = parse(`$7$101$${SALT}$${HASH}`);
    expect(parse({ password: HASH, salt: SALT, iterations: 101 })).toEqual(seven);
    expect(parse({ password: HASH, salt: SALT, iterations: 101.9 })).toEqual(seven);
  });

  it('reads argon2id with its costs', () => {
    expect(parse(`$argon2id$v=19$m=4096,t=3,p=2$${unpadded(16)}$${unpadded(32)}`)).toEqual({
      scheme: 'argon2id',
      memoryKib: 4096,
      passes: 3,
      parallelism: 2,
      salt: new Uint8Array(16).fill(7),
      hash: new Uint8Array(32).fill(7),
    });
  });

  it.each(['2a', '2b', '2y'])('reads bcrypt as $%s$ and hands it on as $2b$', (version) => {
    expect(parse(`$${version}$10$${BCRYPT_REST}`)).toEqual({
      scheme: 'bcrypt',
      encoded: `$2b$10$${BCRYPT_REST}`,
    });
  });

  it('keeps bytes in memory of their own, so that a thread gets nothing else along', () => {
    const parsed = parse(`$6$${SALT}$${HASH}`) as { salt: Uint8Array; hash: Uint8Array };
    expect([parsed.salt.buffer.byteLength, parsed.hash.buffer.byteLength]).toEqual([12, 64]);
  });

  it.each<[string, StoredPassword | string]>([
    ['has `0` iterations, fewer than 1', `$7$0$${SALT}$${HASH}`],
    ['has `0` iterations, fewer than 1', { password: HASH, salt: SALT, iterations: 0.9 }],
    ['has `-5` iterations, fewer than 1', { password: HASH, salt: SALT, iterations: -5 }],
    ['has `NaN` iterations, fewer than 1', { password: HASH, salt: SALT, iterations: NaN }],
    ['has `2000001` iterations, more than 2000000', `$7$2000001$${SALT}$${HASH}`],
    ['has `Infinity` iterations, more than 2000000', { password: HASH, salt: SALT, iterations: Infinity }],
    ['has an empty salt', `$7$101$$${HASH}`],
    ['has an empty salt', `$6$$${HASH}`],
    ['has a salt that is not base64', `$7$101$abc$${HASH}`],
    ['has a salt that is not base64', { password: HASH, salt: 'AAA-', iterations: 101 }],
    ['has a salt that is not base64', `$6$AB==$${HASH}`],
    ['has a hash that is not base64', `$6$${SALT}$${HASH}\n`],
    ['has a hash of `63` bytes instead of 64', `$7$101$${SALT}$${base64(63)}`],
    ['has a hash of `65` bytes instead of 64', `$6$${SALT}$${base64(65)}`],
    ['has a hash of `0` bytes instead of 64', { password: '', salt: SALT, iterations: 101 }],
    ['is not `$7$<iterations>$<salt>$<hash>`', `$7$-1$${SALT}$${HASH}`],
    ['is not `$7$<iterations>$<salt>$<hash>`', `$7$1e3$${SALT}$${HASH}`],
    ['is not `$7$<iterations>$<salt>$<hash>`', `$7$101$${SALT}$${HASH}$`],
    ['is not `$6$<salt>$<hash>`', '$6$'],
  ])('says of a SHA-512 hash that it %s', (reason, stored) => {
    expect(parse(stored)).toBe(reason);
  });

  it.each([
    ['has `m=262145`, more than 262144', 'm=262145,t=1,p=1', 16, 32],
    ['has `m=65536,t=17`, together more than 1048576', 'm=65536,t=17,p=1', 16, 32],
    ['has `p=17`, more than 16', 'm=1024,t=1,p=17', 16, 32],
    ['has `m=15,p=2`, less than 8 KiB a lane', 'm=15,t=1,p=2', 16, 32],
    ['has `t=0,p=1`, less than 1', 'm=1024,t=0,p=1', 16, 32],
    ['has `t=1,p=0`, less than 1', 'm=1024,t=1,p=0', 16, 32],
    ['has a salt of `7` bytes, fewer than 8', 'm=1024,t=1,p=1', 7, 32],
    ['has a hash of `15` bytes instead of 16 to 64', 'm=1024,t=1,p=1', 16, 15],
    ['has a hash of `65` bytes instead of 16 to 64', 'm=1024,t=1,p=1', 16, 65],
  ])('says of an argon2id hash that it %s', (reason, costs, saltBytes, hashBytes) => {
    const encoded = `$argon2id$v=19$${costs}$${unpadded(saltBytes)}$${unpadded(hashBytes)}`;
    expect(parse(encoded)).toEqual(expect.stringContaining(reason));
  });

  it.each([
    ['version 16', `$argon2id$v=16$m=1024,t=1,p=1$${unpadded(16)}$${unpadded(32)}`],
    ['no version', `$argon2id$m=1024,t=1,p=1$${unpadded(16)}$${unpadded(32)}`],
    ['costs in another order', `$argon2id$v=19$t=1,m=1024,p=1$${unpadded(16)}$${unpadded(32)}`],
    ['a key id', `$argon2id$v=19$m=1024,t=1,p=1,keyid=AA$${unpadded(16)}$${unpadded(32)}`],
    ['padding', `$argon2id$v=19$m=1024,t=1,p=1$${base64(16)}$${unpadded(32)}`],
    ['no hash', `$argon2id$v=19$m=1024,t=1,p=1$${unpadded(16)}`],
  ])('takes no argon2id hash with %s', (_what, encoded) => {
    expect(typeof parse(encoded)).toBe('string');
  });

  it.each([
    ['has the cost `03`, less than 4', `$2b$03$${BCRYPT_REST}`],
    ['has the cost `15`, more than 14', `$2b$15$${BCRYPT_REST}`],
    ['has the cost `99`, more than 14', `$2b$99$${BCRYPT_REST}`],
    ['is not a whole bcrypt string', `$2b$10$${BCRYPT_REST.slice(1)}`],
    ['is not a whole bcrypt string', `$2b$10$${BCRYPT_REST}x`],
    ['is not a whole bcrypt string', `$2b$9$${BCRYPT_REST}`],
    // Spare bits of the hash, and then of the salt, are set.
    ['is not a whole bcrypt string', `$2b$10$${BCRYPT_REST.slice(0, -1)}D`],
    ['is not a whole bcrypt string', `$2b$10$${BCRYPT_REST.replace('uuy', 'uvy')}`],
  ])('says of a bcrypt hash that it %s', (reason, encoded) => {
    expect(parse(encoded)).toBe(reason);
  });

  it.each([
    '',
    'secret',
    '$',
    '$5$x$y',
    '$2x$10$abc',
    '$2$10$abc',
    '$argon2i$v=19$',
    '$7',
    'pbkdf2$sha512$1$a$b',
    '$PBKDF2$sha512$1$a$b',
  ])('knows no form that starts like `%s`, and does not repeat it', (encoded) => {
    expect(parse(encoded)).toBe(
      'starts with none of `$7$`, `$6$`, `$argon2id$`, `$2a$`, `$2b$`, `$2y$`, `PBKDF2$`',
    );
  });

  it('answers for any string at all', () => {
    const starts = ['', '$7$', '$7$101$', '$6$', '$argon2id$v=19$m=8,t=1,p=1$', '$2b$10$'];
    const start = fc.constantFrom(...starts, 'PBKDF2$sha256$9$', '$pbkdf2-sha512$i=9,l=64$');
    const part = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('$', '=', SALT, HASH));
    const encoded = fc.tuple(start, fc.array(part)).map(([first, parts]) => first + parts.join('$'));
    fc.assert(
      fc.property(fc.oneof(encoded, fc.string({ unit: 'binary' })), (text) => {
        expect(['string', 'object']).toContain(typeof parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('answers for any triple, and never quotes its texts', () => {
    const text = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom(SALT, HASH));
    fc.assert(
      fc.property(text, text, fc.double(), (password, salt, iterations) => {
        const parsed = parsePasswordHash({ password, salt, iterations });
        if (parsed.usable) return;
        expect(parsed.reason.replace(/`[^`]*`/, '')).toMatch(
          /^has (an empty salt|a (salt|hash) that is not base64|a hash of {2}bytes instead of 64| {1,2}iterations, .*)$/,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

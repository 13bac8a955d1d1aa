import { parsePasswordHash } from '../../../src/credentials/parse-password-hash.js';
import { withBase64Salt } from '../../../src/credentials/utf8-salt.js';

const base64 = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');
const unpadded = (bytes: number): string => base64(bytes).replace(/=+$/, '');

/** The hash, or the reason why there is none. */
function parse(encoded: string): unknown {
  const parsed = parsePasswordHash({ encoded });
  return parsed.usable ? parsed.hash : parsed.reason;
}

describe('the PBKDF2 of mosquitto-go-auth', () => {
  it.each([
    ['sha512', 16, 64],
    ['sha512', 16, 32],
    ['sha512', 1, 16],
    ['sha256', 16, 32],
    ['sha256', 30, 64],
  ])('is read with %s, a salt of %d bytes and a hash of %d', (digest, saltBytes, hashBytes) => {
    expect(parse(`PBKDF2$${digest}$100000$${base64(saltBytes)}$${base64(hashBytes)}`)).toEqual({
      scheme: `pbkdf2-${digest}`,
      iterations: 100_000,
      salt: new Uint8Array(saltBytes).fill(7),
      hash: new Uint8Array(hashBytes).fill(7),
    });
  });

  it.each(['$pbkdf2-sha512$', 'pbkdf2-sha512$'])('is read in the spelling `%s`, too', (start) => {
    expect(parse(`${start}i=1000,l=32$${unpadded(16)}$${unpadded(32)}`)).toEqual({
      scheme: 'pbkdf2-sha512',
      iterations: 1000,
      salt: new Uint8Array(16).fill(7),
      hash: new Uint8Array(32).fill(7),
    });
  });

  it.each([
    ['has `0` iterations, fewer than 1', `PBKDF2$sha512$0$${base64(16)}$${base64(64)}`],
    ['has `2000001` iterations, more than 2000000', `PBKDF2$sha256$2000001$${base64(16)}$${base64(32)}`],
    [
      'has `1000001` iterations times 2 digests, more than 2000000',
      `PBKDF2$sha256$1000001$${base64(16)}$${base64(33)}`,
    ],
    ['has an empty salt', `PBKDF2$sha512$1$$${base64(64)}`],
    ['has a salt that is not base64', `PBKDF2$sha512$1$räuber$${base64(64)}`],
    ['has a hash that is not base64', `PBKDF2$sha512$1$${base64(16)}$${unpadded(64)}`],
    ['has a hash of `15` bytes instead of 16 to 64', `PBKDF2$sha512$1$${base64(16)}$${base64(15)}`],
    ['has a hash of `65` bytes instead of 16 to 64', `PBKDF2$sha512$1$${base64(16)}$${base64(65)}`],
    ['has a hash of `31` bytes, not of l=32', `pbkdf2-sha512$i=1,l=32$${unpadded(16)}$${unpadded(31)}`],
    [
      'is not `PBKDF2$<sha512 or sha256>$<iterations>$<salt>$<hash>`',
      `PBKDF2$md5$1$${base64(16)}$${base64(64)}`,
    ],
    ['is not `PBKDF2$<sha512 or sha256>$<iterations>$<salt>$<hash>`', `PBKDF2$sha512$1$${base64(16)}`],
    ['is not `$pbkdf2-sha512$i=<iterations>,l=<bytes>$<salt>$<hash>`', '$pbkdf2-sha512$i=1$a$b'],
  ])('is unusable where it %s', (reason, encoded) => {
    expect(parse(encoded)).toBe(reason);
  });
});

describe('withBase64Salt', () => {
  it('writes a salt that is text as base64, in both spellings, and leaves all else as it is', () => {
    expect(withBase64Salt('PBKDF2$sha512$9$säl:t=$aGFzaA==')).toBe('PBKDF2$sha512$9$c8OkbDp0PQ==$aGFzaA==');
    expect(withBase64Salt('$pbkdf2-sha512$i=9,l=4$säl:t=$aGFzaA')).toBe(
      '$pbkdf2-sha512$i=9,l=4$c8OkbDp0PQ$aGFzaA',
    );
    for (const other of ['', '$7$9$salt$hash', 'PBKDF2$sha512$9$salt', '$2b$04$x']) {
      expect(withBase64Salt(other)).toBe(other);
    }
  });
});

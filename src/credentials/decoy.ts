import { randomBytes } from 'node:crypto';

import type { StoredPassword } from '../dynsec/entities.js';
import { encodeUnpaddedBase64 } from './base64.js';
import { SHA256_BYTES, SHA512_BYTES } from './hash-limits.js';
import { parsePasswordHash } from './parse-password-hash.js';
import type { PasswordHash } from './password-hash.js';

/** Scheme and costs: all of an encoded hash that comes before its salt. */
const ENCODED_START = /^\$(?:6|7\$\d{1,10}|argon2id\$v=19\$[^$]{1,40}|2[aby]\$\d\d)\$/;

/** The PBKDF2 of mosquitto-go-auth, where the length of the hash is part of the costs. */
const GO_AUTH_PBKDF2 = /^PBKDF2\$(sha512|sha256)\$(\d{1,10})\$[^$]*\$(.*)$/;
const GO_AUTH_PHC = /^\$?pbkdf2-sha512\$i=(\d{1,10}),/;

/**
 * How many of the stored passwords there are of each form, by the start of a hash of that form: scheme and costs. Reads
 * hardly more than the start of each: 100,000 take some 20 ms.
 */
export function countForms(stored: Iterable<StoredPassword>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const password of stored) {
    const start = startOf(password);
    if (start !== undefined) counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return counts;
}

/** A hash that is nobody's, random in salt and hash. */
export interface Decoy {
  readonly stored: StoredPassword;
  readonly hash: PasswordHash;
}

/** Makes one that begins like this, see {@link countForms}; undefined where such hashes are not computed. */
export function createDecoy(start: string): Decoy | undefined {
  const stored = { encoded: start + randomRest(start) };
  const parsed = parsePasswordHash(stored);
  return parsed.usable ? { stored, hash: parsed.hash } : undefined;
}

function startOf(stored: StoredPassword): string | undefined {
  if (!('encoded' in stored)) return sha512Start(Math.trunc(stored.iterations));
  const start = ENCODED_START.exec(stored.encoded)?.[0];
  // The three names of bcrypt cost the same.
  return start?.replace(/^\$2[ay]/, '$$2b') ?? goAuthStart(stored.encoded);
}

/** What is worked out with SHA-512 costs what `$7$` costs, for no hash that is usable is longer than a digest. */
function goAuthStart(encoded: string): string | undefined {
  const [, digest, iterations, hash] = GO_AUTH_PBKDF2.exec(encoded) ?? [];
  if (digest === 'sha256') {
    const digests = Math.ceil(Buffer.byteLength(hash ?? '', 'base64') / SHA256_BYTES);
    return `PBKDF2$sha256$${Number(iterations) * digests}$`;
  }
  const all = iterations ?? GO_AUTH_PHC.exec(encoded)?.[1];
  return all === undefined ? undefined : sha512Start(Number(all));
}

function sha512Start(iterations: number): string {
  return `$7$${iterations}$`;
}

/** A salt and a hash that fit the start, and no password. */
function randomRest(start: string): string {
  const salt = randomBytes(SHA512_BYTES);
  const hash = randomBytes(start.startsWith('PBKDF2$sha256') ? SHA256_BYTES : SHA512_BYTES);
  if (start.startsWith('$2')) return `${bcryptCharacters(21)}.${bcryptCharacters(30)}.`;
  if (start.startsWith('$argon2id$')) return `${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(hash)}`;
  return `${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Base64 of the standard has one character that bcrypt's has not, `+`, and lacks its `.`. */
function bcryptCharacters(count: number): string {
  return randomBytes(count).toString('base64').slice(0, count).replaceAll('+', '.');
}

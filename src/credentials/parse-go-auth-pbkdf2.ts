import { decodeBase64, decodeUnpaddedBase64 } from './base64.js';
import { GO_AUTH_HASH_BYTES_MIN, PBKDF2_ITERATIONS_MAX, SHA256_BYTES, SHA512_BYTES } from './hash-limits.js';
import type { ParsedPassword, Pbkdf2Hash } from './password-hash.js';
import { unusable, usable } from './password-hash.js';

/** How the two spellings of PBKDF2 in mosquitto-go-auth begin. */
export const GO_AUTH_PBKDF2_STARTS = /^(?:PBKDF2\$|\$?pbkdf2-sha512\$)/;

const OWN_FORM = /^PBKDF2\$(sha512|sha256)\$(\d{1,10})\$([^$]*)\$([^$]*)$/;
const PHC_FORM = /^\$?pbkdf2-sha512\$i=(\d{1,10}),l=(\d{1,4})\$([^$]*)\$([^$]*)$/;

/** A hash as it is written. */
interface WrittenHash {
  readonly scheme: Pbkdf2Hash['scheme'];
  readonly iterations: number;
  readonly salt: Uint8Array | undefined;
  readonly hash: Uint8Array | undefined;
}

/**
 * Reads `PBKDF2$<sha512|sha256>$<iterations>$<salt>$<hash>`, which mosquitto-go-auth writes, and
 * `$pbkdf2-sha512$i=<iterations>,l=<bytes>$<salt>$<hash>`, base64 without padding, which it reads too.
 */
export function parseGoAuthPbkdf2(encoded: string): ParsedPassword {
  const written = encoded.startsWith('PBKDF2$') ? readOwnForm(encoded) : readPhcForm(encoded);
  if (typeof written === 'string') return unusable(written);
  const { scheme, iterations, salt, hash } = written;
  if (!salt) return unusable('has a salt that is not base64');
  if (salt.length === 0) return unusable('has an empty salt');
  if (!hash) return unusable('has a hash that is not base64');
  const problem = lengthProblem(hash) ?? costProblem(scheme, iterations, hash.length);
  return problem === undefined ? usable({ scheme, iterations, salt, hash }) : unusable(problem);
}

function readOwnForm(encoded: string): WrittenHash | string {
  const [, digest, iterations, salt, hash] = OWN_FORM.exec(encoded) ?? [];
  if (salt === undefined || hash === undefined) {
    return 'is not `PBKDF2$<sha512 or sha256>$<iterations>$<salt>$<hash>`';
  }
  const scheme = digest === 'sha256' ? 'pbkdf2-sha256' : 'pbkdf2-sha512';
  return { scheme, iterations: Number(iterations), salt: decodeBase64(salt), hash: decodeBase64(hash) };
}

function readPhcForm(encoded: string): WrittenHash | string {
  const [, iterations, length, saltText, hashText] = PHC_FORM.exec(encoded) ?? [];
  if (saltText === undefined || hashText === undefined) {
    return 'is not `$pbkdf2-sha512$i=<iterations>,l=<bytes>$<salt>$<hash>`';
  }
  const hash = decodeUnpaddedBase64(hashText);
  if (hash && hash.length !== Number(length))
    return `has a hash of \`${hash.length}\` bytes, not of l=${length}`;
  const salt = decodeUnpaddedBase64(saltText);
  return { scheme: 'pbkdf2-sha512', iterations: Number(iterations), salt, hash };
}

function lengthProblem({ length }: Uint8Array): string | undefined {
  if (length >= GO_AUTH_HASH_BYTES_MIN && length <= SHA512_BYTES) return undefined;
  return `has a hash of \`${length}\` bytes instead of ${GO_AUTH_HASH_BYTES_MIN} to ${SHA512_BYTES}`;
}

/** PBKDF2 does all its iterations again for each further digest that the hash is long. */
function costProblem(scheme: Pbkdf2Hash['scheme'], iterations: number, bytes: number): string | undefined {
  const digests = Math.ceil(bytes / (scheme === 'pbkdf2-sha256' ? SHA256_BYTES : SHA512_BYTES));
  if (iterations < 1) return `has \`${iterations}\` iterations, fewer than 1`;
  if (iterations * digests <= PBKDF2_ITERATIONS_MAX) return undefined;
  const times = digests > 1 ? ` times ${digests} digests` : '';
  return `has \`${iterations}\` iterations${times}, more than ${PBKDF2_ITERATIONS_MAX}`;
}

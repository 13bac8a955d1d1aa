import { decodeBase64 } from './base64.js';
import { PBKDF2_ITERATIONS_MAX, SHA512_BYTES } from './hash-limits.js';
import type { ParsedPassword } from './password-hash.js';
import { unusable, usable } from './password-hash.js';

/** The parts of a PBKDF2 hash as they are written. */
interface Pbkdf2Parts {
  readonly iterations: number;
  /** Base64. */
  readonly salt: string;
  /** Base64. */
  readonly hash: string;
}

/** Reads `$6$<salt>$<hash>`. */
export function parseSha512(encoded: string): ParsedPassword {
  const [, salt, hash] = /^\$6\$([^$]*)\$([^$]*)$/.exec(encoded) ?? [];
  if (salt === undefined || hash === undefined) return unusable('is not `$6$<salt>$<hash>`');
  const bytes = decodeSaltAndHash(salt, hash);
  return typeof bytes === 'string' ? unusable(bytes) : usable({ scheme: 'sha512', ...bytes });
}

/** Reads `$7$<iterations>$<salt>$<hash>`. */
export function parsePbkdf2(encoded: string): ParsedPassword {
  const [, iterations, salt, hash] = /^\$7\$(\d{1,10})\$([^$]*)\$([^$]*)$/.exec(encoded) ?? [];
  if (salt === undefined || hash === undefined) return unusable('is not `$7$<iterations>$<salt>$<hash>`');
  return pbkdf2Hash({ iterations: Number(iterations), salt, hash });
}

/** Reads the triple of Mosquitto 2.0. PARITY: a fraction of iterations is cut off (dynsec 2.0 and 2.1). */
export function parseTriple(stored: { password: string; salt: string; iterations: number }): ParsedPassword {
  const { password: hash, salt } = stored;
  return pbkdf2Hash({ iterations: Math.trunc(stored.iterations), salt, hash });
}

function pbkdf2Hash({ iterations, salt, hash }: Pbkdf2Parts): ParsedPassword {
  if (!(iterations >= 1)) return unusable(`has \`${iterations}\` iterations, fewer than 1`);
  if (iterations > PBKDF2_ITERATIONS_MAX) {
    return unusable(`has \`${iterations}\` iterations, more than ${PBKDF2_ITERATIONS_MAX}`);
  }
  const bytes = decodeSaltAndHash(salt, hash);
  return typeof bytes === 'string'
    ? unusable(bytes)
    : usable({ scheme: 'pbkdf2-sha512', iterations, ...bytes });
}

/** The bytes, or what is wrong with them. Mosquitto wants salts of 12 or 64 bytes; other tools write others. */
function decodeSaltAndHash(
  saltText: string,
  hashText: string,
): { salt: Uint8Array; hash: Uint8Array } | string {
  const salt = decodeBase64(saltText);
  if (!salt) return 'has a salt that is not base64';
  if (salt.length === 0) return 'has an empty salt';
  const hash = decodeBase64(hashText);
  if (!hash) return 'has a hash that is not base64';
  if (hash.length === SHA512_BYTES) return { salt, hash };
  return `has a hash of \`${hash.length}\` bytes instead of ${SHA512_BYTES}`;
}

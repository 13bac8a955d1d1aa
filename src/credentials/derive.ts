import { createHash, pbkdf2Sync } from 'node:crypto';

import { hashRawSync } from '@node-rs/argon2';

import type { Argon2idHash, Pbkdf2Hash } from './password-hash.js';

/** SHA-512 of the password and then the salt. */
export function deriveSha512(password: string, salt: Uint8Array): Uint8Array {
  return createHash('sha512').update(password).update(salt).digest();
}

/** PBKDF2 with HMAC, as many bytes as asked for. Keeps the calling thread. */
export function derivePbkdf2(
  password: string,
  { scheme, salt, iterations }: Omit<Pbkdf2Hash, 'hash'>,
  bytes: number,
): Uint8Array {
  const digest = scheme === 'pbkdf2-sha256' ? 'sha256' : 'sha512';
  return pbkdf2Sync(password, salt, iterations, bytes, digest);
}

/** Argon2id, as many bytes as asked for. Keeps the calling thread. */
export function deriveArgon2id(
  password: string,
  costs: Omit<Argon2idHash, 'scheme' | 'hash'>,
  bytes: number,
): Uint8Array {
  return hashRawSync(password, {
    // Algorithm and version are left to the library, since its enums cannot be named here: Argon2id, 19.
    memoryCost: costs.memoryKib,
    timeCost: costs.passes,
    parallelism: costs.parallelism,
    salt: costs.salt,
    outputLen: bytes,
  });
}

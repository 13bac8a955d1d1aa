import { decodeUnpaddedBase64 } from './base64.js';
import {
  ARGON2_HASH_BYTES_MAX,
  ARGON2_HASH_BYTES_MIN,
  ARGON2_KIB_PASSES_MAX,
  ARGON2_MEMORY_KIB_MAX,
  ARGON2_PARALLELISM_MAX,
  ARGON2_SALT_BYTES_MIN,
} from './hash-limits.js';
import type { Argon2idHash, ParsedPassword } from './password-hash.js';
import { unusable, usable } from './password-hash.js';

const PHC_STRING = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([^$]*)\$([^$]*)$/;

/** Reads a PHC string, `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>`. */
export function parseArgon2id(encoded: string): ParsedPassword {
  const [, memory, passes, parallelism, saltText, hashText] = PHC_STRING.exec(encoded) ?? [];
  if (saltText === undefined || hashText === undefined) {
    return unusable('is not `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>`');
  }
  const salt = decodeUnpaddedBase64(saltText);
  if (!salt) return unusable('has a salt that is not base64 without padding');
  const hash = decodeUnpaddedBase64(hashText);
  if (!hash) return unusable('has a hash that is not base64 without padding');
  const costs = { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const parsed: Argon2idHash = { scheme: 'argon2id', ...costs, salt, hash };
  const problem = costProblem(parsed) ?? lengthProblem(parsed);
  return problem === undefined ? usable(parsed) : unusable(problem);
}

function costProblem({ memoryKib: m, passes: t, parallelism: p }: Argon2idHash): string | undefined {
  if (t < 1 || p < 1) return `has \`t=${t},p=${p}\`, less than 1`;
  if (p > ARGON2_PARALLELISM_MAX) return `has \`p=${p}\`, more than ${ARGON2_PARALLELISM_MAX}`;
  if (m < 8 * p) return `has \`m=${m},p=${p}\`, less than 8 KiB a lane`;
  if (m > ARGON2_MEMORY_KIB_MAX) return `has \`m=${m}\`, more than ${ARGON2_MEMORY_KIB_MAX} KiB`;
  if (m * t <= ARGON2_KIB_PASSES_MAX) return undefined;
  return `has \`m=${m},t=${t}\`, together more than ${ARGON2_KIB_PASSES_MAX} KiB times passes`;
}

function lengthProblem({ salt, hash }: Argon2idHash): string | undefined {
  if (salt.length < ARGON2_SALT_BYTES_MIN) {
    return `has a salt of \`${salt.length}\` bytes, fewer than ${ARGON2_SALT_BYTES_MIN}`;
  }
  if (hash.length >= ARGON2_HASH_BYTES_MIN && hash.length <= ARGON2_HASH_BYTES_MAX) return undefined;
  const range = `${ARGON2_HASH_BYTES_MIN} to ${ARGON2_HASH_BYTES_MAX}`;
  return `has a hash of \`${hash.length}\` bytes instead of ${range}`;
}

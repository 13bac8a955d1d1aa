import { BCRYPT_COST_MAX, BCRYPT_COST_MIN } from './hash-limits.js';
import type { ParsedPassword } from './password-hash.js';
import { unusable, usable } from './password-hash.js';

/**
 * 16 bytes of salt and 23 of hash in bcrypt's own base64. The last characters of both have spare bits, and a string
 * in which those are set is equal to no hash that is ever computed.
 */
const BCRYPT_STRING = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/;

/**
 * Reads `$2a$`, `$2b$` and `$2y$`. They differ in what became of passwords beyond 72 bytes, which are refused here;
 * the library knows `$2b$` for all three.
 */
export function parseBcrypt(encoded: string): ParsedPassword {
  const [, costText, saltAndHash] = BCRYPT_STRING.exec(encoded) ?? [];
  if (costText === undefined || saltAndHash === undefined) return unusable('is not a whole bcrypt string');
  const cost = Number(costText);
  if (cost < BCRYPT_COST_MIN) return unusable(`has the cost \`${costText}\`, less than ${BCRYPT_COST_MIN}`);
  if (cost > BCRYPT_COST_MAX) return unusable(`has the cost \`${costText}\`, more than ${BCRYPT_COST_MAX}`);
  return usable({ scheme: 'bcrypt', encoded: `$2b$${costText}$${saltAndHash}` });
}

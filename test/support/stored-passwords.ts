/** Stored passwords of different strengths, all of them of one password, and what a new one is hashed as at least. */
import { createHash, pbkdf2Sync } from 'node:crypto';
import { RIGHT_PASSWORD } from './http/management.js';

/** What a client has, and how a new password of it begins where `$7$` with 1,000 iterations is configured. */
export interface PasswordCase {
  readonly what: string;
  /** The members of a client in a document. */
  readonly stored: object;
  readonly start: string;
  /** Whether the password fits it. */
  readonly isUsable: boolean;
}

const SALT = Buffer.alloc(12, 7);
const SALT_TEXT = SALT.toString('base64');

function derive(iterations: number): string {
  return pbkdf2Sync(RIGHT_PASSWORD, SALT, iterations, 64, 'sha512').toString('base64');
}

function encoded(iterations: number): object {
  return { encoded_password: `$7$${String(iterations)}$${SALT_TEXT}$${derive(iterations)}` };
}

function triple(iterations: number): object {
  return { password: derive(iterations), salt: SALT_TEXT, iterations };
}

function sha512(): object {
  const hash = createHash('sha512').update(RIGHT_PASSWORD).update(SALT).digest('base64');
  return { encoded_password: `$6$${SALT_TEXT}$${hash}` };
}

/** One for each form that Mosquitto writes. */
export const PASSWORD_CASES: readonly PasswordCase[] = [
  { what: 'a stronger hash', stored: encoded(5_000), start: '$7$5000$', isUsable: true },
  { what: 'a hash that is weaker than configured', stored: encoded(101), start: '$7$1000$', isUsable: true },
  { what: 'a stronger triple of Mosquitto 2.0', stored: triple(7_000), start: '$7$7000$', isUsable: true },
  { what: "Mosquitto 2.0's own triple", stored: triple(101), start: '$7$1000$', isUsable: true },
  { what: 'one round of SHA-512', stored: sha512(), start: '$7$1000$', isUsable: true },
  { what: 'nothing', stored: {}, start: '$7$1000$', isUsable: false },
];

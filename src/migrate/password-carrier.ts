import { parsePasswordHash } from '../credentials/parse-password-hash.js';
import type { PasswordHash } from '../credentials/password-hash.js';
import { withBase64Salt } from '../credentials/utf8-salt.js';
import type { StoredPassword } from '../dynsec/entities.js';
import type { Findings } from './findings.js';

/** How mosquitto-go-auth was told to write the salts of its PBKDF2 hashes (`hasher_salt_encoding`). */
export const SALT_ENCODINGS = ['base64', 'utf-8'] as const;

/** See {@link SALT_ENCODINGS}. */
export type SaltEncoding = (typeof SALT_ENCODINGS)[number];

/** Carries password hashes over as they are, and counts those that a stock Mosquitto does not verify. */
export class PasswordCarrier {
  readonly #beyondMosquitto = new Map<string, number>();

  constructor(
    private readonly findings: Findings,
    private readonly saltEncoding: SaltEncoding = 'base64',
  ) {}

  /**
   * A hash that can be verified, or undefined, with a finding.
   * SECURITY: what is no hash may be a password in clear, so that nothing of it goes anywhere.
   */
  carry(username: string, text: string, place: string): StoredPassword | undefined {
    const encoded = this.saltEncoding === 'utf-8' ? withBase64Salt(text) : text;
    const problem = this.saltEncoding === 'utf-8' && text.includes('\ufffd') ? 'is not UTF-8' : undefined;
    const parsed = parsePasswordHash({ encoded });
    if (problem !== undefined || !parsed.usable) {
      const reason = problem ?? (parsed.usable ? '' : parsed.reason);
      this.findings.lost(place, `\`${username}\` cannot log in: what stands for its password ${reason}`);
      return undefined;
    }
    this.#count(encoded, parsed.hash);
    return { encoded };
  }

  /** Adds what is to be known of all of them together. */
  note(): void {
    if (this.#beyondMosquitto.size === 0) return;
    const forms = [...this.#beyondMosquitto].map(([form, amount]) => `${form} (${amount})`);
    this.findings.note(
      '',
      `password hashes that Gatehouse verifies and a stock Mosquitto does not: ${forms.join(', ')}`,
    );
  }

  #count(encoded: string, hash: PasswordHash): void {
    const form = formBeyondMosquitto(encoded, hash);
    if (form !== undefined) this.#beyondMosquitto.set(form, (this.#beyondMosquitto.get(form) ?? 0) + 1);
  }
}

/** The lengths of salts that Mosquitto 2.1 reads; 2.0 reads the first alone. */
const MOSQUITTO_SALT_BYTES: readonly number[] = [12, 64];

function formBeyondMosquitto(encoded: string, hash: PasswordHash): string | undefined {
  if (hash.scheme === 'bcrypt' || hash.scheme === 'argon2id') return hash.scheme;
  if (!/^\$[67]\$/.test(encoded)) return 'PBKDF2 as mosquitto-go-auth writes it';
  if (MOSQUITTO_SALT_BYTES.includes(hash.salt.length)) return undefined;
  return `${encoded.slice(0, 3)} with a salt of ${hash.salt.length} bytes`;
}

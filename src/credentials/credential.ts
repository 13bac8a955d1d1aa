import type { StoredPassword } from '../dynsec/entities.js';

/** What a login shows, and what is stored for its user name. SECURITY: holds a password; nobody keeps or logs it. */
export interface Credential {
  readonly username: string;
  /** Undefined: nothing is, or nothing that the login may use. */
  readonly stored: StoredPassword | undefined;
  readonly password: string;
}

/**
 * What stands for what is stored where nothing is. SECURITY: as long as a hash of Mosquitto is, for texts that are longer
 * take longer; and no hash, so that it is nobody's.
 */
const NOTHING_STORED = 'nothing is stored '.repeat(6);

/** All of a credential as texts: the same for the same credential alone. */
export function credentialTexts({ username, stored, password }: Credential): readonly string[] {
  return [username, password, ...storedTexts(stored)];
}

function storedTexts(stored: StoredPassword | undefined): readonly string[] {
  if (stored === undefined) return [NOTHING_STORED];
  if ('encoded' in stored) return [stored.encoded];
  return [stored.password, stored.salt, String(stored.iterations)];
}

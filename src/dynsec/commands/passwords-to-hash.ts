import { isMqttText } from '../mqtt-text.js';
import type { BatchedCommand } from './batch.js';
import { readBatch } from './batch.js';

/** A password that has to be hashed before the commands of a request can run. */
export interface PasswordToHash {
  /** Which command of the request carries it. */
  readonly commandIndex: number;
  /** Whose it will be; what is stored for that client may demand a stronger hash. */
  readonly username: string;
  readonly password: string;
}

/** The commands that carry a password, and whether an empty one is hashed. */
const HASHES_EMPTY: ReadonlyMap<string, boolean> = new Map([
  ['createclient', true],
  ['setclientpassword', false],
  ['modifyclient', false],
]);

/**
 * The passwords that `runCommands` may ask for: there is no other, but a command may still be refused, and its hash
 * be of no use. Total.
 * @param payload as for `runCommands`.
 */
export function passwordsToHash(payload: unknown): readonly PasswordToHash[] {
  const passwords: PasswordToHash[] = [];
  for (const [commandIndex, entry] of readBatch(payload).entries()) {
    if ('problem' in entry) break;
    const password = passwordOf(entry);
    if (password) passwords.push({ commandIndex, ...password });
  }
  return passwords;
}

function passwordOf({
  command,
  members,
  holdsNul,
}: BatchedCommand): Omit<PasswordToHash, 'commandIndex'> | undefined {
  const hashesEmpty = HASHES_EMPTY.get(command.toLowerCase());
  const username = members.lenientString('username');
  const password = members.lenientString('password');
  if (hashesEmpty === undefined || holdsNul || password === undefined) return undefined;
  if (!username || !isMqttText(username)) return undefined;
  return password !== '' || hashesEmpty ? { username, password } : undefined;
}

import { randomInt } from 'node:crypto';
import type { Configuration } from '../../dynsec/entities.js';
import { createDefaultConfiguration } from '../../dynsec/document/default-configuration.js';
import { toDocument } from '../../dynsec/document/to-document.js';
import { fileStamp } from './file-stamp.js';
import { writeFileAtomically } from './write-file.js';

/** The passwords of a file that was just created, in clear: they are nowhere else. */
export interface NewPasswords {
  readonly admin: string;
  readonly democlient: string;
}

/** How a new file is made. */
export interface DefaultFileOptions {
  readonly path: string;
  /** Hashes a password into its encoded form. */
  readonly hash: (password: string) => Promise<string>;
  /** Also written to `<path>.pw`, for who has no terminal to be told on. */
  readonly writePasswords: boolean;
}

/**
 * Creates the configuration that Mosquitto 2.1 would, with random passwords, unless there is a file already.
 * @returns the passwords, or undefined where there was a file.
 */
export async function createDefaultFile({
  path,
  hash,
  writePasswords,
}: DefaultFileOptions): Promise<NewPasswords | undefined> {
  if ((await fileStamp(path)) !== undefined) return undefined;
  const { configuration, passwords } = await createDefaultRealm(hash);
  // First the passwords: a configuration of which nobody knows them would be of no use.
  if (writePasswords) await writeNewPasswords(`${path}.pw`, passwords);
  await writeFileAtomically(path, `${JSON.stringify(toDocument(configuration), null, '\t')}\n`);
  return passwords;
}

/** The configuration that Mosquitto 2.1 would create, with random passwords. */
export async function createDefaultRealm(
  hash: DefaultFileOptions['hash'],
): Promise<{ readonly configuration: Configuration; readonly passwords: NewPasswords }> {
  const passwords = { admin: randomPassword(), democlient: randomPassword() };
  const configuration = createDefaultConfiguration({
    admin: await hash(passwords.admin),
    democlient: await hash(passwords.democlient),
  });
  return { configuration, passwords };
}

/** For who has no terminal to be told on; for the owner's eyes alone. */
export async function writeNewPasswords(path: string, { admin, democlient }: NewPasswords): Promise<void> {
  await writeFileAtomically(path, `admin ${admin}\ndemoclient ${democlient}\n`);
}

/** Without the characters that look alike: it is typed by hand. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const PASSWORD_LENGTH = 20;

function randomPassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

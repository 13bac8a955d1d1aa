import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** For its owner alone. */
const MODE = 0o600;

/**
 * Puts a text in the place of a file, or where there is none yet: readers see the old one or the new one, whole.
 * @param token makes the name of the file under way unlike all others.
 * @throws the errors of files; the old file is as it was then.
 */
export async function replaceFile(path: string, text: string, token: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${token}`);
  try {
    const file = await open(temporary, 'wx', MODE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

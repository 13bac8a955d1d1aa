import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Who may read what is written: it holds password hashes. */
const MODE = 0o600;

/** A file beside another one that it is to take the place of. */
export interface TemporaryFile {
  readonly path: string;
  /** Open for appending. */
  readonly handle: FileHandle;
}

/** Makes an empty file beside another one. @throws the error of the file system. */
export async function createTemporaryFile(path: string): Promise<TemporaryFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.new`);
  return { path: temporary, handle: await open(temporary, 'ax', MODE) };
}

/** Removes what was left behind by processes that were killed before they could do so. */
export async function removeTemporaryFiles(path: string): Promise<void> {
  const [before, after] = [`.${basename(path)}.`, '.new'];
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    const digits = name.slice(before.length, -after.length);
    if (/^[0-9a-f]{8}$/.test(digits)) await rm(join(dirname(path), name), { force: true });
  }
}

/**
 * Writes a whole file so that it is there, durably, or not at all: beside it first, then put in its place.
 * @throws the error of the file system.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const temporary = await createTemporaryFile(path);
  try {
    try {
      await temporary.handle.writeFile(text);
      await temporary.handle.sync();
    } finally {
      await temporary.handle.close();
    }
    await rename(temporary.path, path);
  } catch (error) {
    await rm(temporary.path, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** A new name is durable when its directory is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

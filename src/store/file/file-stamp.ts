import { stat } from 'node:fs/promises';

/**
 * What tells one state of a file from the next without reading it: changed in place, replaced, or touched.
 * Undefined where there is no file.
 */
export async function fileStamp(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

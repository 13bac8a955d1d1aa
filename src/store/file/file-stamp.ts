import type { BigIntStats } from 'node:fs';
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { codeOf } from '../system-error.js';

/**
 * What tells one state of a file from the next without reading it: changed in place, replaced, or touched.
 * Undefined where there is no file.
 */
export async function fileStamp(path: string): Promise<string | undefined> {
  try {
    return stampOf(await stat(path, { bigint: true }));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The same at once, so that nothing of this process comes between a look at a file and what is done to it. */
export function fileStampNow(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && stampOf(stats);
}

/** Whether nothing but the name of a file was changed between two stamps of it. */
export function isSameContent(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.slice(0, a.lastIndexOf(':')) === b?.slice(0, b.lastIndexOf(':'));
}

function stampOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].join(':');
}

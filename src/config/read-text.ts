import { readFileSync } from 'node:fs';
import { shown } from './shown-value.js';

/** A file's text, or why there is none, the path included. */
export type ReadText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Reads a small file. Never throws. */
export function readText(path: string): ReadText {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { ok: false, reason: `${shown(path)} cannot be read: ${reasonOf(error)}` };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no directory',
};

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code === '' ? 'unknown error' : code);
}

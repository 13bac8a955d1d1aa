import type { StoredPassword } from './entities.js';

/** Whether the same is stored, or nothing in both cases; not whether one password fits both. */
export function isSamePassword(a: StoredPassword | undefined, b: StoredPassword | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  if ('encoded' in a) return 'encoded' in b && a.encoded === b.encoded;
  return !('encoded' in b) && a.password === b.password && a.salt === b.salt && a.iterations === b.iterations;
}

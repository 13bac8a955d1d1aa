/**
 * Whether a string anywhere in a JSON value, names of members included, holds a NUL.
 * SECURITY: dynsec cuts such strings, and `admin\0x` would be `admin`.
 */
export function holdsNul(value: unknown): boolean {
  const pending: unknown[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string' && next.includes('\0')) return true;
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, member] of Object.entries(next)) pending.push(name, member);
  }
  return false;
}

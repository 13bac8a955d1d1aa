/** dynsec 2.1 keeps priorities within plus and minus this. */
const MAX_PRIORITY = 100_000;

/** A priority as it is loaded: without its fraction, and within the bounds. */
export function clampPriority(priority: number): number {
  return Math.max(-MAX_PRIORITY, Math.min(MAX_PRIORITY, Math.trunc(priority))) || 0;
}

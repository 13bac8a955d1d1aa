import { setImmediate } from 'node:timers/promises';

/** Work that may take long, in steps of a millisecond at most: where it yields, others may have their turn. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** For how long nobody else has a turn. */
const TURN_MS = 5;

/** Does the work while nobody else has a turn. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Does the work while requests are answered. What it reads must stay as it is meanwhile. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  let startedAt = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - startedAt < TURN_MS) continue;
    await setImmediate();
    startedAt = performance.now();
  }
}

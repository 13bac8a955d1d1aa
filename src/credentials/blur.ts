import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A hundred times what is to be hidden, and next to nothing beside a hash. */
const BLUR_MS_MAX = 3;

/**
 * Waits for 1 to 3 ms, as chance has it. SECURITY: whoever is refused could otherwise learn from microseconds whether
 * there is such a user name, and whether it was in before: what is there is found a little later than what is not, be it
 * in Redis or in the caches of a processor. Some 20 µs of 400 were measured; behind this they take tens of thousands of
 * tries of one name with other passwords, of which its budget lets in ten a minute.
 */
export async function blur(): Promise<void> {
  await delay(randomInt(1, BLUR_MS_MAX + 1));
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, no longer than that, for something that may fail. */
export async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([work?.catch(() => undefined), sleep(ms, undefined, { ref: false })]);
}

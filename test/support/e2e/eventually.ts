import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 25;

/**
 * Asks again and again until the answer is the wanted one, and returns it. Gives up after `withinMs`, far beyond
 * what is promised anywhere, and throws with the last answer: it is the effect that is tested, not the time.
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  isWanted: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)} after ${String(withinMs)} ms`);
    await sleep(PAUSE_MS);
  }
}

/** Rejects with `what` if the promise has not settled in time, so that a lost answer names itself. */
export async function bounded<T>(promise: Promise<T>, what: string, withinMs = 15_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: nothing within ${String(withinMs)} ms`));
    }, withinMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

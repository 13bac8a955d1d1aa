/** Single questions to a Redis of a test, each by a connection of its own. */
import type { ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import type { RedisServer } from './redis.js';

/** How to be let in. */
export interface RedisAccess {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

/** Waits are long: several suites share two cores. */
const UNTIL_MS = 30_000;
const STEP_MS = 100;

/** Sends one command. Fails, rather than waits, where nobody answers. */
export async function askRedis(
  { port }: Pick<RedisServer, 'port'>,
  command: readonly [string, ...(string | number)[]],
  access: RedisAccess = {},
): Promise<unknown> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    disconnectTimeout: 200,
    ...access,
  });
  const reasons: Error[] = [];
  redis.on('error', (error: Error) => reasons.push(error));
  try {
    const [name, ...args] = command;
    await redis.connect();
    return await redis.call(name, ...args);
  } catch (error) {
    // Why a connection was refused is told beside the call that fails for it.
    throw reasons[0] ?? error;
  } finally {
    redis.disconnect();
  }
}

/** Waits until something is so; an error counts as not yet. Throws with what it was last. */
export async function until<T>(
  what: string | (() => string),
  ask: () => T | Promise<T>,
  isSo: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + UNTIL_MS;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (isSo(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      const name = typeof what === 'string' ? what : what();
      throw new Error(`${name}: not within ${UNTIL_MS} ms; last: ${String(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis-scripts.js';

/** For how long a connection is waited for, in ms. */
const READY_MS = 3_000;
const READY_PAUSE_MS = 20;

/**
 * Reading a large document takes so long that connections may have been given up meanwhile, for nobody took the answers;
 * that is known once the event loop has turned, and they come back by themselves.
 */
export async function untilReady(connection: RedisConnection): Promise<void> {
  const end = performance.now() + READY_MS;
  do await sleep(READY_PAUSE_MS);
  while (connection.status !== 'ready' && performance.now() < end);
}

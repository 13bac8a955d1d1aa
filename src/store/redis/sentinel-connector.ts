import type { Redis, SentinelConnectionOptions } from 'ioredis';
import { SentinelConnector } from 'ioredis';
import { takeLateErrors } from './late-errors.js';

type ConnectToSentinel = (...args: readonly unknown[]) => Redis;

/**
 * As ioredis has it, but silent: of a sentinel that cannot be reached it would print an error with its stack each time
 * that it tries again to listen to it. That none of them tells the master is an error of the connection.
 */
export class SilentSentinelConnector extends SentinelConnector {
  /** @param options what ioredis was opened with. */
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
    const name = 'connectToSentinel';
    const connectToSentinel = Reflect.get(this, name) as ConnectToSentinel;
    Reflect.set(this, name, (...args: readonly unknown[]) => {
      const sentinel = connectToSentinel.apply(this, [...args]);
      // A listener is all it takes.
      takeLateErrors(sentinel);
      return sentinel;
    });
  }
}

import type { Redis, SentinelConnectionOptions } from 'ioredis';
import { SentinelConnector } from 'ioredis';
import { takeLateErrors } from './late-errors.js';

type ConnectToSentinel = (...args: readonly unknown[]) => Redis;
type Connect = SentinelConnector['connect'];

/**
 * As ioredis has it, but for two things. It is silent: of a sentinel that cannot be reached ioredis would print an error
 * with its stack each time that it tries again to listen to it; that none of them tells the master is an error of the
 * connection. And each new connection begins with the next sentinel: one that has missed a failover goes on naming the
 * old master, and would be asked again and again.
 */
export class FairSentinelConnector extends SentinelConnector {
  #hasConnected = false;

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

  /** Leaves a server that is no master, and changes nothing of the order: that is up to the next connection. */
  override check({ role }: { readonly role?: string }): boolean {
    return !role || role === 'master';
  }

  override connect(...args: Parameters<Connect>): ReturnType<Connect> {
    if (this.#hasConnected) this.#beginWithTheNext();
    this.#hasConnected = true;
    return super.connect(...args);
  }

  /** The one that was asked last becomes the last, whether or not it led to a connection. */
  #beginWithTheNext(): void {
    const cursor: unknown = Reflect.get(this.sentinelIterator, 'cursor');
    // It has led to none: the cursor is behind it still, else it is the first.
    if (cursor !== 0) this.sentinelIterator.reset(true);
    this.sentinelIterator.next();
    this.sentinelIterator.next();
    this.sentinelIterator.reset(true);
  }
}

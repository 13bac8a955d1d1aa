import type { ConnectionRole } from './connection-options.js';
import type { RedisConnection } from './redis-scripts.js';

/** Is told how connections are, for the log. */
export interface ConnectionListener {
  /** Commands are taken. */
  connected(role: ConnectionRole): void;
  /**
   * Commands fail until the next `connected`. Told when a connection is lost or cannot be made, and then once for each
   * other reason that it still cannot be.
   */
  lost(role: ConnectionRole, reason: string): void;
}

/** Reasons of one outage that are told; a server that invents new ones does not fill the log. */
const REASONS_MAX = 10;

/** A server that is read-only, and stays so, is left several times a second. */
const LEFT_TOLD_EVERY_MS = 10_000;

/** Turns the events of one connection into what a listener is told. */
export class ConnectionWatch {
  /** Those of the outage that lasts; undefined while there is none. */
  #told: Set<string> | undefined = new Set();
  #reason: string | undefined;
  #isStopped = false;
  /** When it was last told that the connection is left; while it is left again and again, that is enough. */
  #leftAt = Number.NEGATIVE_INFINITY;
  #isQuiet = false;

  constructor(
    private readonly role: ConnectionRole,
    private readonly listener: ConnectionListener,
  ) {}

  /** Begins. */
  watch(connection: RedisConnection): void {
    connection.on('ready', () => {
      this.#told = undefined;
      this.#reason = undefined;
      if (!this.#isQuiet) this.listener.connected(this.role);
      this.#isQuiet = false;
    });
    connection.on('close', () => {
      this.#told ??= new Set();
      this.#tell(this.#reason ?? 'the connection was closed');
    });
    connection.on('error', (error: Error) => {
      // That no node of a cluster answers: what each said has been told.
      if ('lastNodeError' in error) return;
      // How long it waits differs each time.
      this.because(error.message.replace(/ Retrying from scratch after [\d.]+ms\./, ''));
    });
    connection.on('sentinelError', ({ message }: Error) => {
      this.because(message);
    });
    connection.on('node error', ({ message }: Error, node: string) => {
      this.because(`${node}: ${message}`);
    });
  }

  /** From now on nothing is told: it is ended on purpose. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The connection is about to be left, for another one may be to a better server. */
  leave(reason: string): void {
    this.#isQuiet = performance.now() - this.#leftAt < LEFT_TOLD_EVERY_MS;
    if (!this.#isQuiet) this.#leftAt = performance.now();
    this.#note(reason);
  }

  /** Something went wrong, which may be why the connection is lost next. */
  because(reason: string): void {
    this.#isQuiet = false;
    this.#note(reason);
  }

  #note(reason: string): void {
    this.#reason = reason;
    if (this.#told) this.#tell(reason);
  }

  #tell(reason: string): void {
    if (this.#isStopped || this.#isQuiet || !this.#told) return;
    if (this.#told.has(reason) || this.#told.size >= REASONS_MAX) return;
    this.#told.add(reason);
    this.listener.lost(this.role, reason);
  }
}

import type { Redis } from 'ioredis';

/**
 * Takes the second error of a socket: one with TLS may fail twice, as when a certificate is refused on both sides, and
 * ioredis listens once. Nobody would be there for the other one, which ends the process.
 */
export function takeLateErrors(connection: Redis): void {
  connection.on('error', () => {
    const { stream } = connection as Partial<Pick<Redis, 'stream'>>;
    if (stream && stream.listenerCount('error', ignore) === 0) stream.on('error', ignore);
  });
}

function ignore(): void {
  // The first one was told.
}

import type { ServerResponse } from 'node:http';

/** How long a caller may go on sending what is thrown away. */
const LINGER_MS = 1_000;

/**
 * Closes the connection of an answer that was given before the whole request had come, though not at once: a caller
 * that sends everything before it reads would lose the answer with the connection. One whose request comes to its end
 * in that time keeps its connection.
 */
export function closeLingering(response: ServerResponse): void {
  const { req: request } = response;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  const keep = (): void => {
    clearTimeout(timer);
  };
  socket.once('close', keep);
  request.once('end', keep);
}

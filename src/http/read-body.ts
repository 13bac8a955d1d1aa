import type { IncomingMessage } from 'node:http';
import { RequestError } from './errors.js';

/** The most that is read of a body: a password of 65,535 bytes may have each of them escaped by six. */
export const MAX_BODY_BYTES = 1_048_576;

/** Who a body is read for: is told of it, or of why there is none, once. */
export interface BodyTaker {
  readonly take: (body: Buffer) => void;
  /**
   * A RequestError: `request_too_large` as soon as it is, while what is left is thrown away as it comes, so that who sends
   * everything before it reads gets its answer; `invalid_request` where it ends early.
   */
  readonly fail: (error: RequestError) => void;
}

/** Reads the whole body of a request, without a promise: every check waits for this. */
export function readBody(request: IncomingMessage, { take, fail }: BodyTaker): void {
  const chunks: Buffer[] = [];
  let bytes = Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES ? Infinity : 0;
  let isOver = false;
  const end = (error: RequestError): void => {
    if (!isOver) fail(error);
    isOver = true;
    chunks.length = 0;
  };
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else end(tooLarge());
  });
  request.on('end', () => {
    if (isOver) return;
    isOver = true;
    const [only] = chunks;
    take(chunks.length === 1 && only ? only : Buffer.concat(chunks));
  });
  // Also where it was broken off.
  request.on('error', (cause) => {
    end(new RequestError('invalid_request', 'the body ends early', { cause }));
  });
  if (bytes > MAX_BODY_BYTES) end(tooLarge());
}

function tooLarge(): RequestError {
  return new RequestError('request_too_large', `the body is over ${String(MAX_BODY_BYTES)} bytes`);
}

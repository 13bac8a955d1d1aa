import type { IncomingMessage } from 'node:http';
import { RequestError } from './errors.js';

/** The most that is read of a body: a password of 65,535 bytes may have each of them escaped by six. */
export const MAX_BODY_BYTES = 1_048_576;

/**
 * Reads the whole body of a request.
 * @throws RequestError `request_too_large` as soon as it is, while what is left is thrown away as it comes, so that
 * who sends everything before it reads gets its answer; `invalid_request` where it ends early.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) reject(tooLarge());
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(tooLarge());
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    });
    request.on('close', () => {
      // Every request closes; an error is made, stack trace and all, only for one that did so early.
      if (!request.readableEnded) reject(new RequestError('invalid_request', 'the body ends early'));
    });
    request.on('error', (cause) => {
      reject(new RequestError('invalid_request', 'the body cannot be read', { cause }));
    });
  });
}

function tooLarge(): RequestError {
  return new RequestError('request_too_large', `the body is over ${String(MAX_BODY_BYTES)} bytes`);
}

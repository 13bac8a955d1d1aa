import type { RequestHandler } from 'express';
import { raw } from 'express';
import { RequestError } from '../errors.js';

/**
 * Reads a body of any type, whole, as bytes. One that says that it is larger is refused at once: the parser by itself
 * would read all of it first, and half a gigabyte takes longer than a request may.
 */
export function limitedBody(maxBytes: number): RequestHandler {
  const read: RequestHandler = raw({ type: () => true, limit: maxBytes });
  return (request, response, next) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      throw new RequestError('request_too_large', `the body is too large: over ${String(maxBytes)} bytes`);
    }
    read(request, response, next);
  };
}

import type { RequestHandler } from 'express';
import { RequestError } from '../errors.js';

/** Refuses bodies that do not say that they are JSON: a form of a foreign page cannot say so. */
export const requireJson: RequestHandler = (request, _response, next) => {
  if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError('invalid_request', 'content-type: must be `application/json`');
  }
  next();
};

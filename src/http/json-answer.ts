import type { ErrorRequestHandler, Response } from 'express';
import {
  NotReplicatedError,
  OutcomeUnknownError,
  SilentWorkersError,
  StoreError,
  UndecidedError,
} from '../gate/errors.js';
import { RequestError } from './errors.js';

/** Sends JSON that nobody keeps. */
export function sendJson(response: Response, status: number, body: unknown): void {
  response.status(status).set('Cache-Control', 'no-store').json(body);
}

/** Turns errors into answers, for everything but the checks. Defects are reported, and shown to nobody. */
export function createErrorHandler(onDefect: (error: unknown) => void): ErrorRequestHandler {
  // Express tells error handlers by their four parameters.
  return (thrown: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const error = toRequestError(thrown);
    if (error instanceof RequestError) {
      if (error.kind === 'unauthenticated')
        response.set('WWW-Authenticate', 'Basic realm="gatehouse", Bearer');
      sendJson(response, error.status, { ok: false, error: error.message });
    } else if (error instanceof NotReplicatedError) {
      sendJson(response, 503, { ok: false, error: error.message, revision: error.revision });
    } else if (isOwnTrouble(error)) {
      sendJson(response, 503, { ok: false, error: error.message });
    } else {
      onDefect(error);
      sendJson(response, 500, { ok: false, error: 'internal error' });
    }
  };
}

const OWN_TROUBLE = [UndecidedError, StoreError, OutcomeUnknownError, SilentWorkersError];

function isOwnTrouble(error: unknown): error is Error {
  return OWN_TROUBLE.some((kind) => error instanceof kind);
}

/** Express and its parsers throw errors of their own for mistakes of the caller, such as a bad escape in a path. */
function toRequestError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RequestError || !('status' in error)) return error;
  if (error.status === 413)
    return new RequestError('request_too_large', 'the body is too large', { cause: error });
  const isCallers = typeof error.status === 'number' && error.status >= 400 && error.status < 500;
  return isCallers
    ? new RequestError('invalid_request', 'the request cannot be read', { cause: error })
    : error;
}

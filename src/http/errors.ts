import type { ErrorCode } from '../dynsec/errors.js';
import { GatehouseError } from '../dynsec/errors.js';

/** Errors that are the caller's, with the status that says so. */
const STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  gone: 410,
  precondition_failed: 412,
  request_too_large: 413,
  misdirected: 421,
  unprocessable: 422,
} as const;

/** Kinds that have a code of their own. */
const CODES = {
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  not_found: 'not_found',
  request_too_large: 'request_too_large',
} as const satisfies Partial<Record<keyof typeof STATUS, ErrorCode>>;

/** A request that is not answered with what it asks for, by a mistake or a lack of rights of the caller. */
export class RequestError extends GatehouseError {
  readonly code: ErrorCode;
  readonly isPublic = true;

  constructor(
    readonly kind: keyof typeof STATUS,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = kind in CODES ? CODES[kind as keyof typeof CODES] : 'invalid_request';
  }

  /** The HTTP status. */
  get status(): number {
    return STATUS[this.kind];
  }
}

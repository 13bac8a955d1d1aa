import type { ErrorCode } from '../dynsec/errors.js';
import { GatehouseError } from '../dynsec/errors.js';

/** Errors that are the caller's, with the status that says so. */
const STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_too_large: 413,
  misdirected: 421,
} as const;

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
    this.code = kind === 'method_not_allowed' || kind === 'misdirected' ? 'invalid_request' : kind;
  }

  /** The HTTP status. */
  get status(): number {
    return STATUS[this.kind];
  }
}

import type { ErrorCode } from '../../dynsec/errors.js';
import { GatehouseError } from '../../dynsec/errors.js';

/** A template that there is not, or values that it does not take; the message names all that is wrong. */
export class TemplateError extends GatehouseError {
  readonly isPublic = true;

  constructor(
    readonly code: Extract<ErrorCode, 'not_found' | 'invalid_request'>,
    message: string,
  ) {
    super(message);
  }
}

import type { ErrorCode } from '../dynsec/errors.js';
import { GatehouseError } from '../dynsec/errors.js';

/** A command that cannot do what it is asked for. The message is for whoever typed it. */
export class CommandError extends GatehouseError {
  readonly isPublic = true;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

import { GatehouseError } from '../../dynsec/errors.js';

/** A dynamic-security.json that cannot be taken; the message names the file and the places. */
export class DocumentError extends GatehouseError {
  readonly code = 'invalid_document';
  readonly isPublic = true;

  constructor(
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}`, options);
  }
}

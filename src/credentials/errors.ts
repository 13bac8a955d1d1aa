import { GatehouseError } from '../dynsec/errors.js';

/** Thrown where a password cannot be hashed in the form that is asked for. SECURITY: the message never holds it. */
export class UnhashablePasswordError extends GatehouseError {
  readonly code = 'invalid_request';
  readonly isPublic = true;
}

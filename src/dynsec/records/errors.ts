import { GatehouseError } from '../errors.js';

/** A record that is none of ours; the message names the place and shows no value. */
export class RecordError extends GatehouseError {
  readonly code = 'invalid_document';
  readonly isPublic = true;
}

import { GatehouseError } from '../../dynsec/errors.js';

/** Thrown where a Redis of mosquitto-go-auth cannot be read; the message names it, without its password. */
export class GoAuthRedisError extends GatehouseError {
  readonly code = 'not_found';
  readonly isPublic = true;
}

import { GatehouseError } from '../dynsec/errors.js';

/** Why a check could not be decided, for metrics and logs. */
export type UndecidedReason =
  /** No policy has been loaded yet. */
  | 'not_ready'
  /** The queue of password hashes is full. */
  | 'hash_queue_full'
  /** A password hash was not computed in time. */
  | 'hash_deadline'
  /** A defect of ours. */
  | 'internal';

/** Thrown where a check cannot be decided: the answer is 503, never an allow and never a denial. */
export class UndecidedError extends GatehouseError {
  readonly code = 'undecided';
  readonly isPublic = true;

  constructor(
    readonly reason: UndecidedReason,
    options?: ErrorOptions,
  ) {
    super(`undecided: ${reason}`, options);
  }
}

/** A change could not be made durable, and is not made. */
export class StoreError extends GatehouseError {
  readonly code = 'not_written';
  readonly isPublic = true;
}

/** A change was meant for a state that is not the newest any more. */
export class RevisionConflictError extends GatehouseError {
  readonly code = 'conflict';
  readonly isPublic = true;

  constructor(expected: string, actual: string) {
    super(`the revision is \`${actual}\`, not \`${expected}\``);
  }
}

/** A document that would leave nobody who may administer. */
export class NoAdministratorError extends GatehouseError {
  readonly code = 'conflict';
  readonly isPublic = true;

  constructor() {
    super('no enabled client with a password and without a bound client id could administer after this');
  }
}

import { GatehouseError } from '../dynsec/errors.js';

/** Why a check could not be decided, for metrics and logs. */
export type UndecidedReason =
  /** No policy has been loaded yet. */
  | 'not_ready'
  /** The store of record has been out of reach for longer than its newest known state may be used. */
  | 'stale'
  /** There is such a client, its record is not in memory, and the store of record does not give it in time. */
  | 'client_not_held'
  /** The queue of password hashes is full. */
  | 'hash_queue_full'
  /** A password hash was not computed in time. */
  | 'hash_deadline'
  /** Too many comparisons of passwords have failed: for this user name, or for all. */
  | 'hash_budget'
  /** There is more to do than can be done in time: new logins are given up first. */
  | 'overloaded'
  /** A defect of ours. */
  | 'internal';

/** Thrown where a check cannot be decided: the answer is never an allow, and 503 but for one case ({@link ClientNotHeldError}). */
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

/** Thrown where nothing can be decided about one client alone: all others are decided. */
export class ClientNotHeldError extends UndecidedError {
  constructor(
    readonly username: string,
    options?: ErrorOptions,
  ) {
    super('client_not_held', options);
  }
}

/** A change could not be made durable, and is not made. */
export class StoreError extends GatehouseError {
  readonly code = 'not_written';
  readonly isPublic = true;
}

/** The connection broke, and whether the change is made cannot be found out now: look before it is sent again. */
export class OutcomeUnknownError extends GatehouseError {
  readonly code = 'outcome_unknown';
  readonly isPublic = true;

  constructor(options?: ErrorOptions) {
    super('outcome unknown: the connection to the store broke, and it cannot be asked', options);
  }
}

/** A change is made and in force, and fewer replicas than wanted are known to have it. */
export class NotReplicatedError extends GatehouseError {
  readonly code = 'not_replicated';
  readonly isPublic = true;

  constructor(
    readonly revision: string,
    { wanted, got }: { readonly wanted: number; readonly got: number },
  ) {
    super(`written, not replicated: revision \`${revision}\` is on ${got} replicas of the ${wanted} wanted`);
  }
}

/** Of several processes that serve, not all have answered in time. */
export class SilentWorkersError extends GatehouseError {
  readonly code = 'unanswered';
  readonly isPublic = true;

  /**
   * @param outcome what is done, and what is not.
   * @param silent process ids.
   */
  constructor(outcome: string, silent: readonly number[]) {
    const processes = silent.map((pid) => `\`${pid}\``).join(', ');
    super(`${outcome}: no answer in time from process ${processes}`);
  }
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

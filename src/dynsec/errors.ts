/** Every way in which Gatehouse itself can fail; a denial is not among them, it is an answer. */
export type ErrorCode =
  /** The configuration of the process is wrong. */
  | 'invalid_configuration'
  /** A dynamic-security.json cannot be taken as one. */
  | 'invalid_document'
  /** A request cannot be read. */
  | 'invalid_request'
  /** A request is larger than what is read. */
  | 'request_too_large'
  /** The caller did not show who it is. */
  | 'unauthenticated'
  /** The caller may not do this. */
  | 'forbidden'
  /** There is no such thing here. */
  | 'not_found'
  /** A change could not be made durable. */
  | 'not_written'
  /** Whether a change was made could not be found out. */
  | 'outcome_unknown'
  /** A change is made, and could be lost with the server that has it. */
  | 'not_replicated'
  /** Of several processes that serve, not all have answered another one. */
  | 'unanswered'
  /** A change was meant for a state that is not the newest any more. */
  | 'conflict'
  /** A check could not be decided in time or from what is known: never an allow, never a 4xx. */
  | 'undecided';

/** The base of every error that Gatehouse throws on purpose. */
export abstract class GatehouseError extends Error {
  /** What kind of failure this is, for programs. */
  abstract readonly code: ErrorCode;

  /** Whether the message may be shown to whoever asked; it is logged in any case. */
  abstract readonly isPublic: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

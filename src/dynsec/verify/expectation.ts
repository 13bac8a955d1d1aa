import type { Access } from '../entities.js';
import type { AllowReason, DenyReason } from '../decision.js';

/** A check whose answer is known beforehand. */
export interface Expectation {
  readonly request: ExpectedRequest;
  readonly allowed: boolean;
  /** By what it is to be decided, as far as that matters. */
  readonly by: ExpectedSource;
}

/** What is asked. */
export interface ExpectedRequest {
  /** Empty: a client without a user name. */
  readonly username: string;
  /** Null: not known. */
  readonly clientid: string | null;
  readonly topic: string;
  readonly access: Access;
}

/** What is to have decided. What is absent is not looked at. */
export interface ExpectedSource {
  readonly rolename?: string;
  /** The topic of the rule, as it stands in the role. */
  readonly rule?: string;
  readonly reason?: AllowReason | DenyReason;
}

/** Every reason for allowing something. */
export const ALLOW_REASONS = listReasons<AllowReason>({
  allowed_by_acl: true,
  allowed_by_default: true,
  superuser: true,
});

/** Every reason for denying something. */
export const DENY_REASONS = listReasons<DenyReason>({
  denied_by_acl: true,
  no_match: true,
  control_topic: true,
  invalid_topic: true,
  protected_topic: true,
  wildcard_subscription: true,
  malformed_acl: true,
  unsafe_identity: true,
  anonymous_not_allowed: true,
  unknown_client: true,
  disabled: true,
  clientid_mismatch: true,
});

/** The compiler sees to it that none is left out. */
function listReasons<Reason extends string>(reasons: Readonly<Record<Reason, true>>): readonly Reason[] {
  return Object.keys(reasons) as Reason[];
}

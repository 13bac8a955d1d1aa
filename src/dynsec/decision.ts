import type { Access, Client } from './entities.js';
import type { Identity } from './identity.js';
import type { Rule } from './rule.js';

/** On whose behalf a check is made. */
export type Subject =
  | { readonly kind: 'client'; readonly client: Client }
  /** No user name was sent. */
  | { readonly kind: 'anonymous' }
  /** A user name that no client has. */
  | { readonly kind: 'unknown'; readonly username: string };

/** What is asked for. */
export interface AccessRequest {
  readonly access: Access;
  /** A topic name, or for `subscribe` and `unsubscribe` a topic filter; anything else is denied. */
  readonly topic: string;
  /** Null: not known. */
  readonly clientid: string | null;
}

/** Why something is allowed. */
export type AllowReason =
  /** A rule says so. */
  | 'allowed_by_acl'
  /** No rule says anything, and the default access allows it. */
  | 'allowed_by_default'
  | 'superuser';

/** Why something is denied. */
export type DenyReason =
  /** A rule says so. */
  | 'denied_by_acl'
  /** No rule says anything, and the default access does not allow it. */
  | 'no_match'
  /** The default access does not reach topics that begin with `$CONTROL`. */
  | 'control_topic'
  /** No topic name, or no topic filter, that a broker would let through. */
  | 'invalid_topic'
  /** Brokers refuse clients to publish this: `$SYS...`, `$share...`. */
  | 'protected_topic'
  /** A role that does not allow subscriptions with wildcards. */
  | 'wildcard_subscription'
  /** A misplaced wildcard in a stored rule, over which Mosquitto 2.1 trips. */
  | 'malformed_acl'
  /** A variable has no value, or one with `+`, `#`, `/` or NUL: no allow applies, and no deny is dodged. */
  | 'unsafe_identity'
  | 'anonymous_not_allowed'
  | 'unknown_client'
  | 'disabled'
  /** The client may not use this client id. */
  | 'clientid_mismatch';

/** A role as it is reached in the order of evaluation. */
export interface ReachedRole {
  readonly path: 'client' | 'group' | 'anonymousGroup';
  readonly rolename: string;
  /** Of the role for the client or for the group. */
  readonly priority: number;
  /** The group through which the role is reached; null for a role held directly. */
  readonly groupname: string | null;
}

/** What decided: the role, and its rule where it was a rule. */
export interface DecisionSource {
  readonly role: ReachedRole;
  readonly rule: Rule | undefined;
  /** With whose values the rule was read. */
  readonly identity: Identity;
}

/** The answer to a request, with its reason. `source` is there where a role decided. */
export type Decision =
  | { readonly allowed: true; readonly reason: AllowReason; readonly source?: DecisionSource }
  | { readonly allowed: false; readonly reason: DenyReason; readonly source?: DecisionSource };

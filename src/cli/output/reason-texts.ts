import type { Explanation } from '../../gate/explain.js';

/** Every reason in words. */
export const REASON_TEXTS: Readonly<Record<Explanation['reason'], string>> = {
  allowed_by_acl: 'a rule allows it',
  allowed_by_default: 'no rule applies, and the default access allows it',
  superuser: 'the client is a superuser',
  denied_by_acl: 'a rule denies it',
  no_match: 'no rule applies, and the default access denies it',
  control_topic: 'no rule applies, and default access does not reach topics that begin with `$CONTROL`',
  invalid_topic: 'a broker lets no such topic through',
  protected_topic: 'brokers let no client publish there',
  wildcard_subscription: 'a role refuses subscriptions with wildcards',
  malformed_acl: 'a rule with a misplaced wildcard is in the way',
  unsafe_identity: 'a variable of a rule has no value that may stand in a topic',
  anonymous_not_allowed: 'clients without a user name are not served',
  unknown_client: 'there is no client of this name',
  disabled: 'the client is disabled',
  clientid_mismatch: 'the client may not use this client id',
};

import type { DefaultAclAccess } from '../dynsec/entities.js';

/** Everything is allowed that no rule denies. */
export const EVERYTHING: DefaultAclAccess = {
  publishClientSend: true,
  publishClientReceive: true,
  subscribe: true,
  unsubscribe: true,
};

/** Anything may be subscribed to, and only what a rule grants is delivered. */
export const CHECKED_ON_DELIVERY: DefaultAclAccess = {
  publishClientSend: false,
  publishClientReceive: false,
  subscribe: true,
  unsubscribe: true,
};

/** What no rule grants is denied, but for unsubscribing. */
export const GRANTED_BY_RULES: DefaultAclAccess = {
  publishClientSend: false,
  publishClientReceive: false,
  subscribe: false,
  unsubscribe: true,
};

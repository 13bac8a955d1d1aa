import type { AclCheck } from '../gate/authorize.js';

/**
 * The key of an ACL check: exactly what a decision depends on beside client and policy. Every text but the last has its
 * length before it, so that no two checks meet.
 */
export function decisionKey({ username, clientid, topic, access }: AclCheck): string {
  // As the gate has it, null and empty are the same.
  return `${decisionKeyPrefix(username ?? '')}${prefixed(clientid ?? '')}${access}:${topic}`;
}

/** What the keys of all checks of a user name begin with, and no others. */
export function decisionKeyPrefix(username: string): string {
  return prefixed(username);
}

function prefixed(text: string): string {
  return `${text.length}:${text}`;
}

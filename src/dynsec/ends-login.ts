import type { Client } from './entities.js';
import { isSamePassword } from './is-same-password.js';

/** Whether a login that was right before a change is not any more: the client is gone, disabled, or has another password. */
export function endsLogin(before: Client, after: Client | undefined): boolean {
  return !after || after.disabled || !isSamePassword(after.password, before.password);
}

import { endsLogin } from '../../dynsec/ends-login.js';
import type { Client } from '../../dynsec/entities.js';
import type { Changes } from '../memory/versioned-map.js';

/**
 * Whose remembered logins a change ends: of clients that were there, and are disabled or deleted by it or get another
 * password.
 * @param before the client as it was; undefined: there was none. May throw where that is not known: then it has ended.
 */
export function endedLogins(
  clients: Changes<Client>,
  before: (username: string) => Client | undefined,
): readonly string[] {
  return [...clients].flatMap(([username, client]) =>
    hasEnded(client, () => before(username)) ? [username] : [],
  );
}

function hasEnded(client: Client | undefined, before: () => Client | undefined): boolean {
  let old: Client | undefined;
  try {
    old = before();
  } catch {
    return true;
  }
  // Without a password there was no login to remember.
  return old?.password !== undefined && endsLogin(old, client);
}

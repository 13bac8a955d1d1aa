import { endsLogin } from '../dynsec/ends-login.js';
import type { Change, PolicyStore } from './ports.js';

/** Tells whose logins a change has ended: of clients that are disabled or gone, or have another password. */
export type EndedLogins = (change: Change) => readonly string[];

/** Makes it; it has to be asked about every change, in order. Where something cannot be told, the login has ended. */
export function createEndedLogins(store: PolicyStore): EndedLogins {
  let before = ask(() => store.snapshot());
  return ({ touched }) => {
    const last = before;
    before = ask(() => store.snapshot());
    const now = before;
    return touched.clients.filter((username) => {
      const client = now && ask(() => now.client(username));
      const old = last && ask(() => last.client(username));
      return !old || endsLogin(old, client);
    });
  };
}

function ask<T>(question: () => T): T | undefined {
  try {
    return question();
  } catch {
    return undefined;
  }
}

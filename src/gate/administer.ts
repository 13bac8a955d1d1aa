import type { Authenticate, LoginRefusal } from './authenticate.js';
import type { Authorize } from './authorize.js';
import type { HoldClient } from './hold-client.js';
import type { PolicyStore } from './ports.js';

/** The topic on which dynsec takes commands: who may publish to it administers. */
export const COMMAND_TOPIC = '$CONTROL/dynamic-security/v1';

/** Whether somebody may administer. */
export type AdministratorOutcome =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: LoginRefusal | 'not_an_administrator' };

/** Answers whether these credentials are an administrator's. @throws UndecidedError where that cannot be decided. */
export type AuthenticateAdministrator = (username: string, password: string) => Promise<AdministratorOutcome>;

/**
 * Makes the check of administrators: a login as any, then the right to publish to dynsec's topic.
 * A client that is bound to client ids cannot administer here, since there is none to show.
 */
export function createAuthenticateAdministrator(
  authenticate: Authenticate,
  authorize: Authorize,
  hold: HoldClient,
): AuthenticateAdministrator {
  return async (username, password) => {
    if (username === '') return { allowed: false, reason: 'anonymous_not_allowed' };
    const login = await authenticate({ username, password, clientid: null });
    if (!login.allowed) return login;
    await hold(username);
    return mayAdminister(authorize, username)
      ? { allowed: true }
      : { allowed: false, reason: 'not_an_administrator' };
  };
}

/** Tells, as often as it is asked, whether somebody who has logged in could do so still, and administer. */
export type AdministratorWatch = () => boolean;

/** Makes watches for who stays connected: a right that ends, or a password that changes, ends what it opened. */
export function createWatchAdministrator(
  store: PolicyStore,
  authorize: Authorize,
): (username: string) => AdministratorWatch {
  return (username) => {
    const passwordOf = (): string => JSON.stringify(store.snapshot().client(username)?.password ?? null);
    const password = passwordOf();
    return () => password === passwordOf() && mayAdminister(authorize, username);
  };
}

function mayAdminister(authorize: Authorize, username: string): boolean {
  return authorize({ username, clientid: null, topic: COMMAND_TOPIC, access: 'publishClientSend' }).allowed;
}

import type { Authenticate, LoginRefusal } from './authenticate.js';
import type { Authorize } from './authorize.js';

/** The topic on which dynsec takes commands: who may publish to it administers. */
const COMMAND_TOPIC = '$CONTROL/dynamic-security/v1';

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
): AuthenticateAdministrator {
  return async (username, password) => {
    if (username === '') return { allowed: false, reason: 'anonymous_not_allowed' };
    const login = await authenticate({ username, password, clientid: null });
    if (!login.allowed) return login;
    const { allowed } = authorize({
      username,
      clientid: null,
      topic: COMMAND_TOPIC,
      access: 'publishClientSend',
    });
    return allowed ? { allowed } : { allowed, reason: 'not_an_administrator' };
  };
}

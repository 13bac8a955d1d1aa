import type { AuthenticateAdministrator } from './administer.js';
import { createAuthenticateAdministrator } from './administer.js';
import type { Authenticate } from './authenticate.js';
import { createAuthenticate } from './authenticate.js';
import type { Authorize } from './authorize.js';
import { createAuthorize } from './authorize.js';
import type { Explain } from './explain.js';
import { createExplain } from './explain.js';
import type { PasswordVerifier, PolicyStore } from './ports.js';
import type { CheckSuperuser } from './superuser.js';
import { createCheckSuperuser } from './superuser.js';

/** The use cases, wired to what they need from outside. */
export interface Gate {
  readonly authenticate: Authenticate;
  readonly checkSuperuser: CheckSuperuser;
  readonly authorize: Authorize;
  readonly explain: Explain;
  readonly authenticateAdministrator: AuthenticateAdministrator;
}

/** Wires the use cases. */
export function createGate(store: PolicyStore, verifier: PasswordVerifier): Gate {
  const authenticate = createAuthenticate(store, verifier);
  const authorize = createAuthorize(store);
  return {
    authenticate,
    authorize,
    checkSuperuser: createCheckSuperuser(store),
    explain: createExplain(store),
    authenticateAdministrator: createAuthenticateAdministrator(authenticate, authorize),
  };
}

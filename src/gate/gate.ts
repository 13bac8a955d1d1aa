import type { AuthenticateAdministrator } from './administer.js';
import { createAuthenticateAdministrator } from './administer.js';
import type { Authenticate } from './authenticate.js';
import { createAuthenticate } from './authenticate.js';
import type { Authorize } from './authorize.js';
import { createAuthorize } from './authorize.js';
import type { ExplainHeld } from './explain.js';
import { createExplainHeld } from './explain.js';
import type { HoldClient } from './hold-client.js';
import { holdClient } from './hold-client.js';
import type { PasswordVerifier, PolicyStore } from './ports.js';
import type { CheckSuperuser } from './superuser.js';
import { createCheckSuperuser } from './superuser.js';

/** The use cases, wired to what they need from outside. */
export interface Gate {
  readonly authenticate: Authenticate;
  readonly checkSuperuser: CheckSuperuser;
  readonly authorize: Authorize;
  /** What `authorize` and `checkSuperuser` are to be preceded by; the others see to it themselves. */
  readonly hold: HoldClient;
  readonly explain: ExplainHeld;
  readonly authenticateAdministrator: AuthenticateAdministrator;
}

/** Wires the use cases. */
export function createGate(store: PolicyStore, verifier: PasswordVerifier): Gate {
  const authenticate = createAuthenticate(store, verifier);
  const authorize = createAuthorize(store);
  const hold: HoldClient = (username) => holdClient(store, username);
  return {
    authenticate,
    authorize,
    checkSuperuser: createCheckSuperuser(store),
    hold,
    explain: createExplainHeld(store),
    authenticateAdministrator: createAuthenticateAdministrator(authenticate, authorize, hold),
  };
}

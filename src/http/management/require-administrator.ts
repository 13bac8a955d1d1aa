import type { RequestHandler } from 'express';
import type { AuthenticateAdministrator } from '../../gate/administer.js';
import { parseAuthorization } from '../authorization-header.js';
import { RequestError } from '../errors.js';
import { setCaller } from './caller.js';
import type { TokenList } from '../token-list.js';

/**
 * Lets administrators pass: a bearer token of the configuration, or by HTTP Basic a client that may publish to
 * dynsec's command topic.
 */
export function createRequireAdministrator(
  tokens: TokenList,
  authenticateAdministrator: AuthenticateAdministrator,
): RequestHandler {
  return async (request, _response, next) => {
    const authorization = parseAuthorization(request.headers.authorization);
    if (!authorization) {
      throw new RequestError('unauthenticated', 'authorization: a bearer token or HTTP Basic is needed');
    }
    const from = request.socket.remoteAddress ?? '';
    if (authorization.scheme === 'bearer') {
      if (!tokens.includes(authorization.token)) {
        throw new RequestError('unauthenticated', 'authorization: the token is none of those configured');
      }
      setCaller(request, { via: 'token', by: 'token', from, hasToken: true });
    } else {
      const outcome = await authenticateAdministrator(authorization.username, authorization.password);
      if (!outcome.allowed) throw refusal(outcome.reason);
      const { username: by } = authorization;
      setCaller(request, { via: 'login', by, from, hasToken: false });
    }
    next();
  };
}

/** SECURITY: which clients there are is not for who cannot log in as one. */
function refusal(reason: string): RequestError {
  return reason === 'not_an_administrator'
    ? new RequestError('forbidden', 'this client may not publish to `$CONTROL/dynamic-security/v1`')
    : new RequestError('unauthenticated', 'authorization: the user name or the password is wrong');
}

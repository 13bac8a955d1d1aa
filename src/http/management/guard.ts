import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { RequestError } from '../errors.js';

/**
 * Refuses what a browser sends on behalf of another site, and Host names that are not this service's (DNS rebinding).
 * IP addresses and `localhost` are always known: no foreign name resolves to them under its own name.
 * @param hosts further names, in lower case.
 */
export function createGuard(hosts: ReadonlySet<string>): RequestHandler {
  return (request, _response, next) => {
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    const hostname = hostnameOf(host ?? '');
    if (!isIP(hostname) && hostname !== 'localhost' && !hosts.has(hostname)) {
      throw new RequestError(
        'misdirected',
        `host: \`${hostname}\` is not a name of this service; see GATEHOUSE_HOSTS`,
      );
    }
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new RequestError('forbidden', `sec-fetch-site: \`${site}\` is another site's request`);
    }
    if (origin !== undefined && hostnameOf(origin.replace(/^https?:\/\//, '')) !== hostname) {
      throw new RequestError('forbidden', `origin: \`${origin}\` is not this service`);
    }
    next();
  };
}

/** The host without its port, IPv6 without its brackets, in lower case. */
function hostnameOf(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

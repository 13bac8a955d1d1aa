import { isIPv6 } from 'node:net';
import { GatehouseError } from '../../dynsec/errors.js';

/** Where Redis is, and who to be there. SECURITY: holds passwords; {@link describeRedisAddress} is for messages. */
export interface RedisAddress {
  readonly kind: RedisKind;
  /** The server; the sentinels; or some servers of the cluster, from which the others are found. At least one. */
  readonly hosts: readonly RedisHost[];
  readonly hasTls: boolean;
  readonly login: RedisLogin;
  /** The number of the database; 0 on a cluster, which has no other. */
  readonly db: number;
  /** Present with kind `sentinel`. */
  readonly sentinel?: SentinelAccess;
}

/** How the servers are arranged. */
export type RedisKind = 'single' | 'sentinel' | 'cluster';

/** One server. */
export interface RedisHost {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Who to be; without a password nobody in particular. */
export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

/** What is asked of the sentinels, and how. */
export interface SentinelAccess {
  /** What they call the master. */
  readonly name: string;
  readonly hasTls: boolean;
  /** At the sentinels; that of the address is for the Redis behind them. */
  readonly login: RedisLogin;
}

/** A text is no address of a Redis. SECURITY: the message says what is wrong, and shows nothing of the text. */
export class RedisAddressError extends GatehouseError {
  readonly code = 'invalid_configuration';
  readonly isPublic = false;

  /** @param detail what is wrong with which part. */
  constructor(readonly detail: string) {
    super(`not an address of Redis: ${detail}`);
  }
}

// What would be ambiguous in user and password is percent-encoded there, so that none of it is taken for a host.
const FORM =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^@?#]*))?(?:\?([^@#]*))?$/i;
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})$/;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;
const DATABASE_MAX = 65_535;

/**
 * Reads `redis://[[user]:password@]host[:port][/db]`, `redis+cluster://[[user]:password@]host[:port],...` and
 * `redis+sentinel://[[user]:password@]host[:port],.../name[/db]`; with `rediss` all of it is by TLS. User, password and
 * name are percent-encoded. Sentinels may want a login of their own, `?sentinelUsername=...&sentinelPassword=...`, and
 * have no TLS where Redis does, `?sentinelTls=false`.
 * @throws RedisAddressError
 */
export function parseRedisAddress(url: string): RedisAddress {
  const match = FORM.exec(url);
  if (!match) throw new RedisAddressError(expectedForms());
  const [, scheme = '', arrangement = 'single', userinfo, hosts = '', path = '', query = ''] = match;
  const kind = arrangement.toLowerCase() as RedisKind;
  const hasTls = scheme.toLowerCase() === 'rediss';
  const common = { kind, hasTls, hosts: parseHosts(hosts, kind), login: parseLogin(userinfo) };
  if (kind === 'sentinel') return { ...common, ...parseSentinelPart(path, query, hasTls) };
  if (query !== '') throw new RedisAddressError('there is nothing to be said after a `?` but of sentinels');
  if (kind === 'cluster' && path !== '')
    throw new RedisAddressError('a cluster has no databases to choose from');
  return { ...common, db: parseDatabase(path) };
}

/** The address as messages show it: without user and password. */
export function describeRedisAddress({ kind, hosts, hasTls, db, sentinel }: RedisAddress): string {
  const scheme = `${hasTls ? 'rediss' : 'redis'}${kind === 'single' ? '' : `+${kind}`}`;
  const places = hosts.map(({ host, port }) => `${isIPv6(host) ? `[${host}]` : host}:${String(port)}`);
  const name = sentinel ? `/${encodeURIComponent(sentinel.name)}` : '';
  return `${scheme}://${places.join(',')}${name}${db === 0 ? '' : `/${String(db)}`}`;
}

function expectedForms(): string {
  return (
    'it is `redis://user:password@host:port/db`, `redis+sentinel://host,host/name` or `redis+cluster://host,host`, ' +
    'with `rediss` for TLS; what is not a letter or a digit in user and password is percent-encoded'
  );
}

function parseHosts(text: string, kind: RedisKind): readonly RedisHost[] {
  const items = text.split(',');
  if (kind === 'single' && items.length > 1) {
    throw new RedisAddressError('several hosts need `redis+sentinel://` or `redis+cluster://`');
  }
  return items.map((item, index) => parseHost(item, `host ${String(index + 1)}`, kind));
}

function parseHost(text: string, name: string, kind: RedisKind): RedisHost {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text);
  const [, bracketed, plain = '', digits] = match ?? [];
  const host = bracketed ?? plain;
  const isHost = bracketed === undefined ? HOST_NAME.test(plain) : isIPv6(bracketed);
  if (!isHost) throw new RedisAddressError(`${name} is neither a name nor an IP address, IPv6 in brackets`);
  const port = digits === undefined ? defaultPort(kind) : Number(digits);
  if (port < 1 || port > 65_535) throw new RedisAddressError(`the port of ${name} is not from 1 to 65535`);
  return { host, port };
}

function defaultPort(kind: RedisKind): number {
  return kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT;
}

/** The first colon ends the user. */
function parseLogin(userinfo: string | undefined): RedisLogin {
  if (userinfo === undefined) return {};
  const [, username = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(userinfo) ?? [];
  return createLogin(decode(username, 'the user'), decode(password, 'the password'));
}

function createLogin(username: string, password: string): RedisLogin {
  if (password === '') throw new RedisAddressError('there is a user without a password');
  return username === '' ? { password } : { username, password };
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisAddressError(`${what} is not percent-encoded UTF-8`);
  }
}

function parseDatabase(text: string): number {
  if (text === '') return 0;
  const db = /^\d{1,5}$/.test(text) ? Number(text) : DATABASE_MAX + 1;
  if (db > DATABASE_MAX)
    throw new RedisAddressError('what follows the hosts is not the number of a database');
  return db;
}

function parseSentinelPart(
  path: string,
  query: string,
  hasTls: boolean,
): Pick<RedisAddress, 'db' | 'sentinel'> & object {
  const [encodedName = '', db = '', ...more] = path.split('/');
  const name = decode(encodedName, 'the name of the master');
  if (name === '')
    throw new RedisAddressError('the name of the master is missing: `redis+sentinel://host,host/name`');
  if (more.length > 0)
    throw new RedisAddressError('after the name of the master comes a database, and no more');
  return { db: parseDatabase(db), sentinel: { name, ...parseSentinelQuery(query, hasTls) } };
}

function parseSentinelQuery(query: string, hasTls: boolean): Omit<SentinelAccess, 'name'> {
  const parameters = new Map<string, string>();
  for (const item of query === '' ? [] : query.split('&')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(item) ?? [];
    if (!SENTINEL_PARAMETERS.includes(name) || parameters.has(name)) {
      throw new RedisAddressError(
        `what may be said of sentinels is ${SENTINEL_PARAMETERS.join(', ')}, each once`,
      );
    }
    parameters.set(name, decode(value, name));
  }
  const tls = parameters.get('sentinelTls') ?? String(hasTls);
  if (tls !== 'true' && tls !== 'false') throw new RedisAddressError('sentinelTls is neither true nor false');
  const [username = '', password = ''] = [
    parameters.get('sentinelUsername'),
    parameters.get('sentinelPassword'),
  ];
  return { hasTls: tls === 'true', login: username + password === '' ? {} : createLogin(username, password) };
}

const SENTINEL_PARAMETERS: readonly string[] = ['sentinelUsername', 'sentinelPassword', 'sentinelTls'];

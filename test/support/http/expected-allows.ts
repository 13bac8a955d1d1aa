/**
 * What is to become of a random request, by a reading of the check protocol that is independent of the service's.
 */
import { parse as parseQuery } from 'node:querystring';
import {
  CHECK_PATHS,
  CHECK_TOKEN,
  FORM_TYPES,
  GOOD_AUTHORIZATIONS,
  type HostileRequest,
  JSON_TYPES,
} from './hostile-requests.js';

/** Whether a request is a well-formed check for something that is allowed. */
export function isToBeAllowed(request: HostileRequest, needsToken: boolean): boolean {
  const [pathname = '', ...rest] = request.path.split('?');
  if (!CHECK_PATHS.includes(pathname) || !['POST', 'PUT', 'GET'].includes(request.method)) return false;
  if (needsToken && !hasToken(request, rest.join('?'))) return false;
  if (request.headers['Content-Encoding'] !== undefined) return false;
  const read = readFields(request);
  if (!read) return false;
  if (pathname === '/auth/user') return mayLogIn(read);
  return pathname === '/auth/superuser' ? read['username'] === 'root' : mayAccess(read);
}

function hasToken({ headers }: HostileRequest, queryText: string): boolean {
  if (GOOD_AUTHORIZATIONS.includes(headers['Authorization'] ?? '')) return true;
  const { token } = parseQuery(queryText);
  return [token].flat()[0] === CHECK_TOKEN;
}

/** A form that names a field twice is like no valid one, and like none that is generated here. */
function readFields({ headers, body }: HostileRequest): Record<string, unknown> | undefined {
  const type = headers['Content-Type'] ?? '';
  if (FORM_TYPES.includes(type)) return { ...parseQuery(body.toString('utf8')) };
  if (!JSON_TYPES.includes(type)) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function mayLogIn({ username: name, password: shown, clientid: id }: Record<string, unknown>): boolean {
  if (shown !== 'right' || !isText(id)) return false;
  return name === 'alice' || name === 'root' || (name === 'bob' && id === 'b');
}

/** Of a topic name: free of wildcards, and of what no MQTT string may hold. */
const PLAIN_LEVEL = /^[^+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]*$/u;

function isFilter(levels: readonly string[]): boolean {
  return levels.every(
    (text, i) => PLAIN_LEVEL.test(text) || text === '+' || (text === '#' && i === levels.length - 1),
  );
}

function mayAccess(read: Record<string, unknown>): boolean {
  const { username: name, clientid: id, topic: asked, acc: access } = read;
  if (!isText(id) || typeof asked !== 'string' || asked === '') return false;
  if (!['string', 'number'].includes(typeof access)) return false;
  const levels = asked.split('/');
  switch (String(access)) {
    case '4':
    case '8':
      if (!isFilter(levels) || (levels[0] === '$share' && !isSharedFilter(levels))) return false;
      break;
    case '1':
    case '2':
    case '3':
      if (!levels.every((text) => PLAIN_LEVEL.test(text)) || /^\$(?:share|SYS)/.test(asked)) return false;
      break;
    default:
      return false;
  }
  if (name === 'root') return true;
  return (
    (name === 'alice' || (name === 'bob' && id === 'b')) && levels[0] === 'devices' && levels[1] === name
  );
}

/** Whether there is a group, of no wildcards, and a filter after `$share`. */
function isSharedFilter([, group = '', ...filter]: readonly string[]): boolean {
  return PLAIN_LEVEL.test(group) && filter.join('/') !== '' && isFilter(filter);
}

/** Null stands for an empty one. */
function isText(value: unknown): boolean {
  return typeof value === 'string' || value === null;
}

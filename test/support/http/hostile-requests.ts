/** Random requests, from valid checks to nonsense. */
import * as fc from 'fast-check';
import { allowAll, documentOf } from '../e2e/document.js';
import { basic, type Call } from './call.js';

/** A request as it is sent. */
export interface HostileRequest extends Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The only token that opens anything, where one is needed. */
export const CHECK_TOKEN = 'the token of the checks, long enough';

/** Alice may do everything below `devices/alice`, bob too under his client id, root anything. */
export const DOCUMENT = documentOf({
  clients: [
    { username: 'alice', password: 'right', roles: ['device'] },
    { username: 'bob', password: 'right', roles: ['device'], clientid: 'b' },
    { username: 'root', password: 'right', roles: [], superuser: true },
  ],
  roles: { device: allowAll('devices/%u/#') },
});

const often = <T, U>(weight: number, usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: unusual });

const username = often(
  8,
  fc.constantFrom('alice', 'bob', 'root'),
  fc.constantFrom(
    'nobody',
    '',
    'Alice',
    'alice\0',
    '__proto__',
    'constructor',
    '\ud800',
    '#',
    'devices/alice',
  ),
);
const clientid = often(
  6,
  fc.constantFrom('b', 'c', ''),
  fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => !text.includes('\0')),
);
const password = often(3, fc.constant('right'), fc.constantFrom('', 'wrong', 'right\0', 'Right', 'right '));
const level = fc.constantFrom('x', '', 'ü', '+', '#', 'x+', '$SYS', '\u0001', '\0', '%u', 'bob', '..');
const topic = fc
  .tuple(
    fc.constantFrom('devices', 'devices', 'devices', 'device', '', '$share'),
    fc.constantFrom('alice', 'bob', 'root', '+', '%u', ''),
    fc.array(level, { maxLength: 3 }),
  )
  .map(([root, owner, rest]) => [root, owner, ...rest].join('/'));
const acc = often(
  6,
  fc.constantFrom(1, 2, 3, 4, 8, '1', '2', '3', '4', '8'),
  fc.oneof(fc.constantFrom(0, 5, 6, -1, '', '02', ' 2', '2.0', null, true, '__proto__', [2]), fc.jsonValue()),
);
const fieldsOfACheck = fc.record<Record<string, unknown>>(
  { username, clientid, password, topic, acc },
  { noNullPrototype: true },
);

/** Now and then a field is gone, null, or of another type, or there is one more. */
const fields = often(
  5,
  fieldsOfACheck,
  fc
    .tuple(
      fieldsOfACheck,
      fc.constantFrom('username', 'clientid', 'password', 'topic', 'acc', 'extra', '__proto__'),
      fc.option(fc.jsonValue(), { nil: undefined }),
    )
    .map(([all, name, value]) => Object.fromEntries([...Object.entries(all), [name, value]])),
);

const jsonBody = fields.map((value) => Buffer.from(JSON.stringify(value)));
const formBody = fields.map((value) => {
  const pairs = Object.entries(value).map(([name, text]): [string, string] => [name, String(text)]);
  return Buffer.from(new URLSearchParams(pairs).toString());
});
const cutBody = fc
  .tuple(fc.oneof(jsonBody, formBody), fc.nat(60), fc.constantFrom('', '}', '\0', 'x', '{}', '&', '%'))
  .map(([body, length, end]) => Buffer.concat([body.subarray(0, length), Buffer.from(end)]));
const nonsense = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
);

/** Content types of JSON. */
export const JSON_TYPES: readonly string[] = [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
];
/** Content types of forms. */
export const FORM_TYPES: readonly string[] = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded;charset=UTF-8',
];
const OTHER_TYPES = [
  'text/plain',
  '',
  'application/jsonx',
  'multipart/form-data',
  ',',
  ';',
  'application/ld+json',
];

const content = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...JSON_TYPES), jsonBody) },
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...FORM_TYPES), formBody) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom(...JSON_TYPES, ...FORM_TYPES, ...OTHER_TYPES),
      fc.oneof(jsonBody, formBody, cutBody, nonsense),
    ),
  },
);

/** The paths of the checks. */
export const CHECK_PATHS: readonly string[] = ['/auth/user', '/auth/superuser', '/auth/acl'];
const OTHER_PATHS = [
  ...['/', '/auth', '/auth/', '/auth/user/', '/auth/User', '//auth/user', '/auth/us%65r', '/auth/user%', '*'],
  ...['/v1/explain', '/v1/', '/v1', '/metrics', '/health/live', '/health/ready', '/health', '/favicon.ico'],
];
const segment = fc.stringMatching(/^[!-~]{0,12}$/);
const path = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...CHECK_PATHS) },
  { weight: 2, arbitrary: fc.constantFrom(...OTHER_PATHS) },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`) },
);
const parameter = fc.oneof(
  fc.constantFrom(
    'reply=json',
    'reply=text',
    'broker=b1',
    'broker=%00',
    'token=x',
    '',
    '&',
    'username=root',
    'acc=2',
  ),
  segment.filter((text) => !text.includes('reply')),
);
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.array(parameter, { maxLength: 3 }).map((parts) => `?${parts.join('&')}`) },
  { weight: 1, arbitrary: fc.constant(`?token=${encodeURIComponent(CHECK_TOKEN)}`) },
);

/** What carries the token in a header. */
export const GOOD_AUTHORIZATIONS: readonly string[] = [
  basic('gatehouse', CHECK_TOKEN),
  basic('', CHECK_TOKEN),
  `Bearer ${CHECK_TOKEN}`,
];
const BAD_AUTHORIZATIONS = [
  '',
  'Bearer',
  `Bearer ${CHECK_TOKEN}x`,
  basic('alice', 'right'),
  basic(CHECK_TOKEN, ''),
];
const authorization = often(
  5,
  fc.constantFrom(...GOOD_AUTHORIZATIONS),
  fc.constantFrom(...BAD_AUTHORIZATIONS),
);

/** Of no importance to a check; an encoded body is none that is read. */
const extraHeaders = fc.dictionary(
  fc.constantFrom(
    'Origin',
    'Sec-Fetch-Site',
    'If-None-Match',
    'Range',
    'Accept',
    'Cookie',
    'X-Forwarded-For',
    'Host',
  ),
  fc.stringMatching(/^[!-~]{0,20}$/),
  { maxKeys: 2, noNullPrototype: true },
);

/** A random request. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .record({
    method: often(
      8,
      fc.constantFrom('POST', 'PUT', 'GET'),
      fc.constantFrom('DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'),
    ),
    path,
    query,
    content,
    authorization: often(3, authorization, fc.constant(undefined)),
    contentEncoding: often(15, fc.constant(undefined), fc.constantFrom('gzip', 'x', 'identity, gzip')),
    extraHeaders,
  })
  .map((parts) => ({
    method: parts.method,
    path: parts.path + parts.query,
    headers: {
      ...parts.extraHeaders,
      ...(parts.content[0] === '' ? {} : { 'Content-Type': parts.content[0] }),
      ...(parts.authorization === undefined ? {} : { Authorization: parts.authorization }),
      ...(parts.contentEncoding === undefined ? {} : { 'Content-Encoding': parts.contentEncoding }),
    },
    body: parts.content[1],
  }));

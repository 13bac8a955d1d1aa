/** What the service is asked so that every documented answer is given, and by which state of it. */
import { basic, encoded, type Call, type Encoding, type Fields } from '../http/call.js';
import { ADMINISTRATION_QUESTIONS } from './administration-questions.js';
import { FLEET_QUESTIONS } from './fleet-questions.js';
import { INSTANCE_QUESTIONS } from './instance-questions.js';
import { PASSWORD } from './realm.js';
import { ADMIN_TOKEN, CHECK_TOKEN, type ServiceName } from './services.js';
import { TEMPLATE_QUESTIONS } from './template-questions.js';

/** A request, and the answer that it is to be given. */
export interface Question {
  readonly service: ServiceName;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** What is asked for, where the path has parameters. `{head}` stands for the newest revision, in headers as well. */
  readonly at?: string;
  /** With its question mark. */
  readonly query?: string;
  readonly call?: Omit<Call, 'method'>;
  /** The body does not come to its end. */
  readonly isUnfinished?: boolean;
  /** The answer does not come to its end: as much counts as comes at once. */
  readonly isEndless?: boolean;
  readonly status: number;
  /** The reason, or a part of the error, that the answer names. */
  readonly says?: string;
}

/** The fields of a check, and its answer. */
interface CheckCase {
  readonly check: 'user' | 'superuser' | 'acl';
  readonly fields: Fields;
  readonly status: number;
  readonly says: string;
  /** `plain` unless it is another. */
  readonly service?: ServiceName;
  /** Of an allowed ACL check, which its answer does not name: for `/v1/explain`. */
  readonly reason?: string;
}

const METHODS = ['POST', 'PUT', 'GET'] as const;
const ENCODINGS: readonly Encoding[] = ['json', 'form'];
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MEBIBYTE = 1_048_576;

const login = (username: string, password = PASSWORD, clientid = 'c1'): Fields => ({
  clientid,
  password,
  username,
});
const acl = (username: string, acc: unknown, topic: string, clientid = 'c1'): Fields => ({
  acc,
  clientid,
  topic,
  username,
});

/** One for each reason. */
const DECIDED: readonly CheckCase[] = [
  { check: 'user', fields: login('device'), status: 200, says: '' },
  { check: 'user', fields: login(''), status: 403, says: 'anonymous_not_allowed' },
  { check: 'user', fields: login('nobody'), status: 403, says: 'unknown_client' },
  { check: 'user', fields: login('off'), status: 403, says: 'disabled' },
  { check: 'user', fields: login('bound'), status: 403, says: 'clientid_mismatch' },
  { check: 'user', fields: login('device', ''), status: 403, says: 'empty_password' },
  { check: 'user', fields: login('passwordless'), status: 403, says: 'no_password' },
  { check: 'user', fields: login('device', 'wrong'), status: 403, says: 'wrong_password' },
  { check: 'user', fields: login('unusable'), status: 403, says: 'unusable_password' },
  { check: 'superuser', fields: { username: 'root' }, status: 200, says: '' },
  { check: 'superuser', fields: { username: 'device' }, status: 403, says: 'not_superuser' },
  { check: 'superuser', fields: { username: '' }, status: 403, says: 'not_superuser' },
  { check: 'superuser', fields: { username: 'nobody' }, status: 403, says: 'unknown_client' },
  { check: 'superuser', fields: { username: 'off-root' }, status: 403, says: 'disabled' },
  { check: 'superuser', fields: { username: 'bound-root' }, status: 403, says: 'clientid_mismatch' },
];

/** The same for ACL checks, which are explained too. */
const DECIDED_ACLS: readonly CheckCase[] = [
  allowed(acl('device', 2, 'devices/device/up'), 'allowed_by_acl'),
  allowed(acl('device', 4, 'devices/device/#'), 'allowed_by_acl'),
  allowed(acl('member', 1, 'news/today'), 'allowed_by_acl'),
  allowed(acl('device', 2, 'elsewhere'), 'allowed_by_default'),
  allowed(acl('bound-root', 1, 'any', 'root-1'), 'superuser'),
  denied(acl('device', 2, 'devices/device/locked'), 'denied_by_acl'),
  denied(acl('device', 8, 'elsewhere'), 'no_match'),
  denied(acl('device', 2, '$CONTROL/broker'), 'control_topic'),
  denied(acl('device', 2, 'devices/#'), 'invalid_topic'),
  denied(acl('device', 2, '$SYS/broker'), 'protected_topic'),
  denied(acl('plain', 4, 'a/+'), 'wildcard_subscription'),
  denied(acl('odd', 1, 'odd/b'), 'malformed_acl'),
  denied(acl('device', 1, 'by-id/c1', 'c/1'), 'unsafe_identity'),
  denied(acl('', 1, 'news/today'), 'anonymous_not_allowed'),
  denied(acl('nobody', 1, 'news/today'), 'unknown_client'),
  denied(acl('off', 1, 'news/today'), 'disabled'),
  denied(acl('bound', 2, 'devices/bound/up'), 'clientid_mismatch'),
];

const NOT_DECIDED: readonly CheckCase[] = [
  { check: 'acl', fields: acl('root', 3, 'any'), status: 200, says: '' },
  { check: 'acl', fields: acl('device', 3, 'elsewhere'), status: 403, says: 'no_match' },
  { check: 'acl', fields: acl('device', 5, 'elsewhere'), status: 400, says: 'acc: `' },
  {
    check: 'acl',
    fields: { username: 'a', clientid: 'c', topic: 't' },
    status: 400,
    says: 'acc: is missing',
  },
  { check: 'user', fields: { username: 'a', clientid: 'c' }, status: 400, says: 'password: is missing' },
  { check: 'superuser', fields: { user: 'a' }, status: 400, says: 'username: is missing' },
  ...(['unloaded', 'broken'] as const).flatMap((service) => {
    const says = service === 'unloaded' ? 'undecided: not_ready' : 'undecided: internal';
    return [
      { service, check: 'user' as const, fields: login('device'), status: 503, says },
      { service, check: 'superuser' as const, fields: { username: 'device' }, status: 503, says },
      { service, check: 'acl' as const, fields: acl('device', 2, 'elsewhere'), status: 503, says },
    ];
  }),
];

function allowed(fields: Fields, reason: string): CheckCase {
  return { check: 'acl', fields, status: 200, says: '', reason };
}

function denied(fields: Fields, says: string): CheckCase {
  return { check: 'acl', fields, status: 403, says };
}

/** By every method, in both encodings and both kinds of answer. */
const VARIANTS = METHODS.flatMap((method) =>
  ENCODINGS.flatMap((encoding) => ['', '?reply=text'].map((query) => ({ method, encoding, query }))),
);

const checks: readonly Question[] = [...DECIDED, ...DECIDED_ACLS, ...NOT_DECIDED].flatMap(
  ({ service = 'plain', check, fields, status, says }) =>
    VARIANTS.map(({ method, encoding, query }) => ({
      ...{ service, method, query, status, says },
      path: `/auth/${check}`,
      call: encoded(fields, encoding),
    })),
);

const CHECK_PATHS = ['/auth/user', '/auth/superuser', '/auth/acl'] as const;

/** Fields for every check. */
const ANY_CHECK = { ...login('root'), ...acl('root', 1, 'any') };

/** What keeps a request from being a check at all. */
const refusedChecks: readonly Question[] = CHECK_PATHS.flatMap((path) =>
  VARIANTS.flatMap(({ method, encoding, query }): readonly Question[] => {
    const call = encoded(ANY_CHECK, encoding);
    const to = { service: 'plain' as const, method, path, query };
    return [
      { ...to, service: 'guarded', call, status: 401, says: 'token: ' },
      { ...to, ...oversized(call.headers), status: 413, says: '1048576' },
      {
        ...to,
        call: { headers: { 'Content-Type': 'text/plain' }, body: 'a' },
        status: 400,
        says: 'content-',
      },
    ];
  }),
);

const tokens: readonly Question[] = CHECK_PATHS.flatMap((path) => {
  const { headers, body } = encoded(ANY_CHECK, 'json');
  const to = { service: 'guarded' as const, method: 'POST', path, status: 200, says: '' };
  const authorizations = [basic('any', CHECK_TOKEN), `Bearer ${CHECK_TOKEN}`];
  return [
    ...authorizations.map((Authorization) => ({
      ...to,
      call: { headers: { ...headers, Authorization }, body },
    })),
    { ...to, query: `?token=${CHECK_TOKEN}`, call: { headers, body } },
  ];
});

/** A header says how large the body is; it is not waited for. */
function oversized(headers: Call['headers']): Pick<Question, 'call' | 'isUnfinished'> {
  const call = { headers: { ...headers, 'Content-Length': String(MEBIBYTE + 1) }, body: 'a' };
  return { call, isUnfinished: true };
}

const BY_TOKEN = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const AS_ADMIN = { Authorization: basic('admin', PASSWORD) };

function explain(body: unknown, answer: Pick<Question, 'status' | 'says'>, headers = {}): Question {
  const call = { headers: { ...AS_ADMIN, ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  return { service: 'plain', method: 'POST', path: '/v1/explain', call, ...answer };
}

const EXPLAINABLE = acl('device', 2, 'elsewhere');

const explanations: readonly Question[] = [
  ...DECIDED_ACLS.map(({ fields, reason, says }) =>
    explain(fields, { status: 200, says: `"reason":"${reason ?? says}"` }),
  ),
  explain({ topic: 'a', access: 'publish' }, { status: 200, says: '"publishClientSend"' }),
  {
    ...explain(
      { topic: 'news/today', access: 'receive' },
      { status: 200, says: '"anonymousGroup"' },
      BY_TOKEN,
    ),
    service: 'guarded',
  },
  explain({ username: 'device', access: 'publish' }, { status: 400, says: 'topic: is missing' }),
  explain({ topic: 'a' }, { status: 400, says: 'access: is missing' }),
  explain({ topic: 'a', acc: 3 }, { status: 400, says: 'acc: `3`' }),
  explain({ topic: 'a', access: 'write' }, { status: 400, says: 'access: `' }),
  explain({ topic: 'a', access: 'publish', username: 1 }, { status: 400, says: 'username: must be' }),
  explain([], { status: 400, says: 'body: must be' }),
  explain(EXPLAINABLE, { status: 400, says: 'content-type: ' }, { 'Content-Type': 'text/plain' }),
  explain(EXPLAINABLE, { status: 401, says: 'authorization: ' }, { Authorization: 'Bearer wrong' }),
  explain(EXPLAINABLE, { status: 401, says: 'authorization: ' }, { Authorization: basic('admin', 'wrong') }),
  explain(EXPLAINABLE, { status: 401, says: 'authorization: ' }, { Authorization: 'Digest x' }),
  explain(EXPLAINABLE, { status: 403, says: '$CONTROL/' }, { Authorization: basic('device', PASSWORD) }),
  explain(EXPLAINABLE, { status: 403, says: 'sec-fetch-site: ' }, { 'Sec-Fetch-Site': 'cross-site' }),
  explain(EXPLAINABLE, { status: 403, says: 'origin: ' }, { Origin: 'https://elsewhere.example' }),
  explain(EXPLAINABLE, { status: 421, says: 'GATEHOUSE_HOSTS' }, { Host: 'elsewhere.example' }),
  { ...explain(EXPLAINABLE, { status: 500, says: 'internal error' }, BY_TOKEN), service: 'broken' },
  { ...explain(EXPLAINABLE, { status: 503, says: 'undecided: not_ready' }, BY_TOKEN), service: 'unloaded' },
  explain('a'.repeat(MEBIBYTE), { status: 413, says: 'too large' }),
];

function ask(
  service: ServiceName,
  path: string,
  answer: Pick<Question, 'status' | 'says'>,
  headers = {},
): Question {
  return { service, method: 'GET', path, call: { headers }, ...answer };
}

const operations: readonly Question[] = [
  ask('plain', '/health/live', { status: 200, says: '{"ok":true}' }),
  ask('unloaded', '/health/live', { status: 200, says: '{"ok":true}' }),
  ask('plain', '/health/ready', { status: 200, says: '"current"' }),
  ask('edited', '/health/ready', { status: 200, says: '"stale"' }),
  ask('unloaded', '/health/ready', { status: 503, says: '"absent"' }),
  ask('broken', '/health/ready', { status: 500, says: 'internal error' }),
  ask('plain', '/metrics', { status: 200, says: 'gatehouse_checks_total{' }, AS_ADMIN),
  ask('guarded', '/metrics', { status: 200, says: 'gatehouse_checks_total{' }, BY_TOKEN),
  ask('plain', '/metrics', { status: 401, says: 'authorization: ' }),
  ask('plain', '/metrics', { status: 403, says: '$CONTROL/' }, { Authorization: basic('device', PASSWORD) }),
  ask('broken', '/metrics', { status: 500, says: 'internal error' }, BY_TOKEN),
  ask('unloaded', '/metrics', { status: 503, says: 'undecided: not_ready' }, AS_ADMIN),
];

/** A header that is too long is refused before anybody looks at the path. */
const longHeaders: readonly Question[] = [
  ...CHECK_PATHS.flatMap((path) => METHODS.map((method) => `${method} ${path}`)),
  ...['POST /v1/explain', 'GET /health/live', 'GET /health/ready', 'GET /metrics'],
].map((operation) => {
  const [method = '', path = ''] = operation.split(' ');
  const call = { headers: { 'X-Long': 'a'.repeat(20_000) } };
  return { service: 'plain', method, path, call, status: 431 };
});

/** The second one that fails. */
const spent: readonly Question[] = [
  { password: 'one', status: 403, says: 'wrong_password' },
  { password: 'another', status: 503, says: 'undecided: hash_budget' },
].map(({ password, ...answer }) => ({
  ...{ service: 'spent' as const, method: 'POST', path: '/auth/user' },
  call: encoded(login('device', password), 'json'),
  ...answer,
}));

/** Everything that is answered at once. */
export const QUESTIONS: readonly Question[] = [
  ...spent,
  ...checks,
  ...refusedChecks,
  ...tokens,
  ...explanations,
  ...operations,
  ...longHeaders,
  ...TEMPLATE_QUESTIONS,
  ...ADMINISTRATION_QUESTIONS,
  ...INSTANCE_QUESTIONS,
  ...FLEET_QUESTIONS,
];

/** Half a body, which is waited for until the time of a request is over. */
export const UNFINISHED: readonly Question[] = [
  ...CHECK_PATHS.flatMap((path) => METHODS.map((method) => ({ method, path, headers: JSON_TYPE }))),
  ...['POST /v1/explain', 'POST /v1/commands', 'PUT /v1/document', 'POST /v1/touch'].map((operation) => {
    const [method = '', path = ''] = operation.split(' ');
    return { method, path, headers: { ...JSON_TYPE, ...AS_ADMIN } };
  }),
  {
    ...{ method: 'POST', path: '/v1/templates/{name}/apply', at: '/v1/templates/bridge/apply' },
    headers: { ...JSON_TYPE, ...AS_ADMIN },
  },
].map(({ headers, ...to }) => {
  const call = { headers: { ...headers, 'Content-Length': '100' }, body: '{"username":' };
  return { service: 'plain', ...to, call, isUnfinished: true, status: 408 };
});

const IMPATIENT = { service: 'impatient', status: 503, says: 'undecided: hash_deadline' } as const;

/** Logins that nobody waits for long enough, each with a password of its own, and what else needs one. */
export const SLOW: readonly Question[] = [
  ...VARIANTS.map(({ method, encoding, query }) => {
    const call = encoded(login('slow', method + encoding + query), encoding);
    return { ...IMPATIENT, method, path: '/auth/user', query, call };
  }),
  ...['POST /v1/explain', 'GET /metrics'].map((operation) => {
    const [method = '', path = ''] = operation.split(' ');
    const headers = { ...JSON_TYPE, Authorization: basic('slow', path) };
    const body = JSON.stringify(EXPLAINABLE);
    return { ...IMPATIENT, method, path, call: method === 'GET' ? { headers } : { headers, body } };
  }),
];

/** Logins that may not wait for a thread; the first login there keeps it. */
export const CROWDED: readonly Question[] = [encoded(login('device'), 'json')].map((call) => ({
  ...{ service: 'crowded', method: 'POST', path: '/auth/user', call },
  ...{ status: 503, says: 'undecided: hash_queue_full' },
}));

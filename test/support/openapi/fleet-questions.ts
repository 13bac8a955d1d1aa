/** What is asked of services whose realm is in Redis, and about who enforces what. */
import { basic, encoded } from '../http/call.js';
import type { Question } from './questions.js';
import { PASSWORD } from './realm.js';
import { ADMIN_TOKEN } from './services.js';

type Asked = Pick<Question, 'status'> & Partial<Omit<Question, 'call'>>;
type Headers = Readonly<Record<string, string>>;
type Endpoint = Pick<Question, 'method' | 'path' | 'at'>;

const BY_TOKEN = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const AS_ADMIN = { Authorization: basic('admin', PASSWORD) };
const JSON_TYPE = { 'Content-Type': 'application/json' };
/** JSON as well; whether the body fits its schema is not looked at. */
const ANY_JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

const ENFORCED: Endpoint = {
  method: 'GET',
  path: '/v1/changes/{revision}/enforced',
  at: '/v1/changes/{head}/enforced',
};
const TOUCH: Endpoint = { method: 'POST', path: '/v1/touch' };
const COMMANDS: Endpoint = { method: 'POST', path: '/v1/commands' };
const IMPORT: Endpoint = { method: 'PUT', path: '/v1/document' };
const APPLY: Endpoint = {
  method: 'POST',
  path: '/v1/templates/{name}/apply',
  at: '/v1/templates/jailed-device/apply',
};
const STATUS: Endpoint = { method: 'GET', path: '/v1/status' };
const READY: Endpoint = { method: 'GET', path: '/health/ready' };

function ask(to: Endpoint, answer: Asked, headers: Headers, body?: unknown): Question {
  const type = body === undefined ? {} : JSON_TYPE;
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return { service: 'plain', ...to, call: { headers: { ...type, ...headers }, ...content }, ...answer };
}

/** What both are answered with before anybody looks at the realm. */
const refusals = [ENFORCED, TOUCH].flatMap((to): readonly Question[] => {
  const body = to === TOUCH ? {} : undefined;
  const refused = (answer: Asked, headers: Headers): Question => {
    return ask({ ...to, at: to.path }, answer, headers, body);
  };
  return [
    refused({ status: 401, says: 'authorization: ' }, {}),
    refused({ status: 403, says: '$CONTROL/' }, { Authorization: basic('device', PASSWORD) }),
    refused({ status: 403, says: 'origin: ' }, { ...AS_ADMIN, Origin: 'https://elsewhere.example' }),
    refused({ status: 421, says: 'GATEHOUSE_HOSTS' }, { ...AS_ADMIN, Host: 'elsewhere.example' }),
    refused({ status: 431 }, { 'X-Long': 'a'.repeat(20_000) }),
    refused({ service: 'broken', status: 500, says: 'internal error' }, BY_TOKEN),
    refused({ service: 'unloaded', status: 503, says: 'undecided: not_ready' }, AS_ADMIN),
  ];
});

const COMMAND = { commands: [{ command: 'createRole', rolename: 'waited-for' }] };
const ROLE = { roles: [{ rolename: 'news', acls: [] }] };
const WAITING = { service: 'fleet', query: '?wait=enforced', status: 200 } as const;

const waits: readonly Question[] = [
  ask(COMMANDS, WAITING, BY_TOKEN, COMMAND),
  ask(COMMANDS, { ...WAITING, service: 'guarded' }, BY_TOKEN, COMMAND),
  ask(IMPORT, { ...WAITING, query: '?mode=merge&wait=enforced', says: '"counts"' }, BY_TOKEN, ROLE),
  ask(APPLY, { ...WAITING, says: '{"command":"createRole"}' }, BY_TOKEN, {}),
  ask(TOUCH, { ...WAITING, says: '{"ok":true,"revision":"' }, BY_TOKEN, {}),
  ask(
    COMMANDS,
    { status: 400, query: '?wait=done', says: 'wait: `done`' },
    { ...AS_ADMIN, ...ANY_JSON_TYPE },
    COMMAND,
  ),
];

const touches: readonly Question[] = [
  { ...ask(TOUCH, { service: 'guarded', status: 200 }, { ...BY_TOKEN, ...ANY_JSON_TYPE }) },
  ask(TOUCH, { status: 400, says: 'body: must be' }, AS_ADMIN, { clients: [] }),
  ask(TOUCH, { status: 400, says: 'body: must be' }, AS_ADMIN, []),
  ask(TOUCH, { status: 400, says: 'content-type: ' }, AS_ADMIN),
  ask(TOUCH, { status: 413, says: 'too large' }, { ...AS_ADMIN, ...ANY_JSON_TYPE }, 'a'.repeat(1_048_577)),
];

const at = (revision: string): Endpoint => ({ ...ENFORCED, at: `/v1/changes/${revision}/enforced` });

const enforcements: readonly Question[] = [
  ask(ENFORCED, { service: 'fleet', status: 200, says: '"enforced":true' }, BY_TOKEN),
  ask(ENFORCED, { service: 'guarded', status: 200, says: '"enforced":true' }, BY_TOKEN),
  ask(
    at('9999999999999-0-0123456789abcdef'),
    { service: 'fleet', status: 200, says: '"enforced":false' },
    BY_TOKEN,
  ),
  ask(at('7-0a1b2c3d'), { service: 'fleet', status: 404, says: 'none of this realm' }, BY_TOKEN),
  ask(at('x'), { status: 404, says: 'none of this realm' }, AS_ADMIN),
  ask(at('1-0-0123456789abcdef'), { service: 'fleet', status: 410, says: 'not any more' }, BY_TOKEN),
  ask(at('7-0a1b2c3d'), { status: 410, says: 'not any more' }, AS_ADMIN),
];

/** One for each documented answer that they give at once. */
export const FLEET_QUESTIONS: readonly Question[] = [
  ...refusals,
  ...waits,
  ...touches,
  ...enforcements,
  ask(STATUS, { service: 'fleet', status: 200, says: '"lagSeconds":0' }, BY_TOKEN),
  ask(READY, { service: 'unreached', status: 503, says: '"state":"absent","problem":"' }, {}),
  ask(TOUCH, { service: 'unreached', status: 503, says: 'nothing is changed' }, BY_TOKEN, {}),
  ask(
    COMMANDS,
    { service: 'unreplicated', status: 503, says: 'written, not replicated: ' },
    BY_TOKEN,
    COMMAND,
  ),
];

/** About a client that is neither in memory nor to be had. */
const forgotten = [
  ['/auth/user', 503, 'undecided: client_not_held', { username: 'democlient', clientid: 'c', password: 'x' }],
  ['/auth/superuser', 503, 'undecided: client_not_held', { username: 'democlient' }],
  ...(
    [
      [2, 503, 'undecided: client_not_held'],
      [1, 403, 'undecided'],
    ] as const
  ).map(
    ([acc, status, says]) =>
      ['/auth/acl', status, says, { username: 'democlient', clientid: 'c', topic: 't', acc }] as const,
  ),
] as const;

/** What waits for a Redis that does not answer; the first of them sends it something. */
export const HUNG: readonly Question[] = [
  ask(COMMANDS, { status: 503, says: 'outcome unknown: ' }, BY_TOKEN, COMMAND),
  ask(TOUCH, { status: 503, says: 'nothing is changed' }, BY_TOKEN, {}),
  ask(ENFORCED, { status: 503, says: 'the instances cannot be asked for' }, BY_TOKEN),
  ask(STATUS, { status: 200, says: '"problem":"' }, BY_TOKEN),
  ask(READY, { status: 503, says: '"state":"stale"' }, {}),
  {
    ...{ method: 'POST', path: '/auth/acl', status: 503, says: 'undecided: stale' },
    call: encoded({ username: 'device', clientid: 'c', topic: 't', acc: 2 }, 'json'),
  },
].map((question) => ({ ...question, service: 'hung' }));

/** The same, of who holds fewer clients than there are. */
export const FORGOTTEN: readonly Question[] = forgotten.map(([path, status, says, fields]) => ({
  ...{ service: 'forgetful', method: 'POST', path, status, says },
  call: encoded(fields, 'json'),
}));

/** What is asked of one instance: its status, and its caches. */
import { basic, encoded } from '../http/call.js';
import type { Question } from './questions.js';
import { PASSWORD } from './realm.js';
import { ADMIN_TOKEN } from './services.js';

type Asked = Pick<Question, 'status'> & Partial<Pick<Question, 'service' | 'query' | 'says'>>;

const BY_TOKEN = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const AS_ADMIN = { Authorization: basic('admin', PASSWORD) };

const STATUS = { method: 'GET', path: '/v1/status' };
const CACHES = { method: 'DELETE', path: '/v1/caches' };

function ask(
  to: typeof STATUS,
  answer: Asked,
  headers: Readonly<Record<string, string>> = AS_ADMIN,
): Question {
  return { service: 'plain', ...to, call: { headers }, ...answer };
}

/** What both are answered with before anybody looks at the instance. */
const refusals = [STATUS, CACHES].flatMap((to): readonly Question[] => [
  ask(to, { status: 401, says: 'authorization: ' }, {}),
  ask(to, { status: 403, says: '$CONTROL/' }, { Authorization: basic('device', PASSWORD) }),
  ask(to, { status: 403, says: 'origin: ' }, { ...AS_ADMIN, Origin: 'https://elsewhere.example' }),
  ask(to, { status: 421, says: 'GATEHOUSE_HOSTS' }, { ...AS_ADMIN, Host: 'elsewhere.example' }),
  ask(to, { status: 431 }, { 'X-Long': 'a'.repeat(20_000) }),
  ask(to, { service: 'broken', status: 500, says: 'internal error' }),
  ask(to, { service: 'unloaded', status: 503, says: 'undecided: not_ready' }),
]);

const CHECKS = [
  ['/auth/user', { username: 'device', password: PASSWORD, clientid: 'c' }],
  ['/auth/superuser', { username: 'device' }],
  ['/auth/acl', { username: 'device', clientid: 'c', topic: 'elsewhere', acc: 2 }],
] as const;

/** What is given up under load, at every check in every way. */
const shed = CHECKS.flatMap(([path, fields]): readonly Question[] =>
  ['POST', 'PUT', 'GET'].flatMap((method) =>
    ['', '?reply=text'].map((query) => ({
      ...{ service: 'overloaded' as const, method, path, query, call: encoded(fields, 'json') },
      ...{ status: 503, says: 'undecided: overloaded' },
    })),
  ),
);

/** One for each documented answer. */
export const INSTANCE_QUESTIONS: readonly Question[] = [
  ...refusals,
  ...shed,
  ask(STATUS, { status: 200, says: '"reason":"wrong_password"' }),
  ask(STATUS, { service: 'guarded', status: 200, says: '"decisions":{' }, BY_TOKEN),
  ask(STATUS, { service: 'edited', status: 200, says: '"state":"stale"' }),
  ask(CACHES, { status: 200, says: '{"cleared":{' }),
  ask(CACHES, { service: 'guarded', status: 200, query: '?username=device', says: '"decisions":' }, BY_TOKEN),
  ask(CACHES, { status: 400, query: '?username=a&username=b', says: 'username: is there more than once' }),
];

/** What is asked of role templates. */
import { basic } from '../http/call.js';
import type { Question } from './questions.js';
import { PASSWORD } from './realm.js';
import { ADMIN_TOKEN } from './services.js';

type Asked = Pick<Question, 'status' | 'says'> & Partial<Pick<Question, 'service' | 'query'>>;
type Headers = Readonly<Record<string, string>>;

const BY_TOKEN = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const AS_ADMIN = { Authorization: basic('admin', PASSWORD) };
const JSON_TYPE = { 'Content-Type': 'application/json' };

const LIST = { method: 'GET', path: '/v1/templates', at: '/v1/templates' };
const SHOW = { method: 'GET', path: '/v1/templates/{name}', at: '/v1/templates/sparkplug-node' };
const APPLY = { method: 'POST', path: '/v1/templates/{name}/apply', at: '/v1/templates/jailed-user/apply' };

/** What any of them is answered with before anybody looks at templates. */
const refusals = [LIST, SHOW, APPLY].flatMap((to): readonly Question[] => {
  const [body, type] = to === APPLY ? [{ body: '{}' }, JSON_TYPE] : [{}, {}];
  const ask = (answer: Asked, headers: Headers): Question => {
    return { service: 'plain', ...to, call: { headers: { ...type, ...headers }, ...body }, ...answer };
  };
  return [
    ask({ status: 401, says: 'authorization: ' }, {}),
    ask({ status: 403, says: '$CONTROL/' }, { Authorization: basic('device', PASSWORD) }),
    ask({ status: 403, says: 'sec-fetch-site: ' }, { ...AS_ADMIN, 'Sec-Fetch-Site': 'cross-site' }),
    ask({ status: 421, says: 'GATEHOUSE_HOSTS' }, { ...AS_ADMIN, Host: 'elsewhere.example' }),
    ask({ status: 431, says: '' }, { 'X-Long': 'a'.repeat(20_000) }),
    ask({ service: 'broken', status: 500, says: 'internal error' }, AS_ADMIN),
    ask({ service: 'unloaded', status: 503, says: 'undecided: not_ready' }, AS_ADMIN),
  ];
});

function read(to: typeof LIST, answer: Asked): Question {
  return { service: 'plain', ...to, call: { headers: AS_ADMIN }, ...answer };
}

function apply(body: unknown, answer: Asked, headers: Headers = {}): Question {
  const call = { headers: { ...AS_ADMIN, ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  return { service: 'plain', ...APPLY, call, ...answer };
}

const OVERSIZED = { set: { prefix: 'a'.repeat(1_048_577) } };
const DEVICE = { rolename: 'device', replace: true };

/** One for each documented answer, changes in the service with a token alone. */
export const TEMPLATE_QUESTIONS: readonly Question[] = [
  ...refusals,
  read(LIST, { status: 200, says: '"jailed-user"' }),
  read(SHOW, { status: 200, says: '"choices":["%u","%c"]' }),
  read({ ...SHOW, at: '/v1/templates/site-hierarchy' }, { status: 200, says: '"attribute"' }),
  read({ ...SHOW, at: '/v1/templates/none' }, { status: 404, says: 'there is no template `none`' }),
  apply(
    { set: { prefix: 'people' } },
    { query: '?dry-run=true', status: 200, says: '"createRole","rolename"' },
  ),
  apply(DEVICE, { query: '?dry-run=true', status: 200, says: '"modifyRole"' }),
  apply({}, { service: 'guarded', status: 200, says: '{"command":"createRole"}' }, BY_TOKEN),
  apply({}, { service: 'guarded', status: 200, says: 'Role already exists' }, BY_TOKEN),
  apply(DEVICE, { service: 'guarded', status: 200, says: '{"command":"modifyRole"}' }, BY_TOKEN),
  apply({ set: { prefix: 1 } }, { status: 400, says: 'set.prefix: must be' }),
  apply({ set: [] }, { status: 400, says: 'set: must be' }),
  apply({ rolename: 1 }, { status: 400, says: 'rolename: must be' }),
  apply({ replace: 'yes' }, { status: 400, says: 'replace: must be' }),
  apply({ prefix: 'people' }, { status: 400, says: '`prefix` is not one of' }),
  apply([], { status: 400, says: 'body: must be' }),
  apply({}, { status: 400, says: 'content-type: ' }, { 'Content-Type': 'text/plain' }),
  { ...apply({}, { status: 404, says: 'there is no template `none`' }), at: '/v1/templates/none/apply' },
  apply(OVERSIZED, { status: 413, says: 'too large' }),
  apply({ set: { prefix: '+' } }, { status: 422, says: 'prefix: `+` holds a wildcard' }),
  apply({ set: { suffix: 'a' } }, { status: 422, says: 'suffix: template `jailed-user` has no such' }),
];

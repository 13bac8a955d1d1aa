/** What is asked of commands, the document and its changes. */
import { basic } from '../http/call.js';
import type { Question } from './questions.js';
import { PASSWORD } from './realm.js';
import { ADMIN_TOKEN } from './services.js';

type Asked = Pick<Question, 'status' | 'says'> & Partial<Omit<Question, 'call'>>;
type Headers = Readonly<Record<string, string>>;
type Endpoint = Pick<Question, 'method' | 'path' | 'at'>;

const BY_TOKEN = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const AS_ADMIN = { Authorization: basic('admin', PASSWORD) };
const JSON_TYPE = { 'Content-Type': 'application/json' };
/** JSON as well; whether the body fits its schema is not looked at. */
const ANY_JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const MEBIBYTE = 1_048_576;

const COMMANDS: Endpoint = { method: 'POST', path: '/v1/commands' };
const EXPORT: Endpoint = { method: 'GET', path: '/v1/document' };
const IMPORT: Endpoint = { method: 'PUT', path: '/v1/document' };
const CHANGES: Endpoint = { method: 'GET', path: '/v1/changes' };
const KICKED: Endpoint = { method: 'GET', path: '/v1/changes/{revision}/kick', at: '/v1/changes/1-x/kick' };

/** With a body where there is one; as an administrator unless the headers say otherwise. */
function ask(to: Endpoint, answer: Asked, headers: Headers = {}, body?: unknown): Question {
  const type = body === undefined ? {} : JSON_TYPE;
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    ...{ service: 'plain', ...to, ...answer },
    call: { headers: { ...AS_ADMIN, ...type, ...headers }, ...(body === undefined ? {} : { body: content }) },
  };
}

/** What any of them is answered with before anybody looks at it. */
const refusals = [COMMANDS, EXPORT, IMPORT, CHANGES, KICKED].flatMap((to): readonly Question[] => {
  const body = new Map([
    [COMMANDS, { commands: [] }],
    [IMPORT, { roles: [] }],
  ]).get(to);
  return [
    ask(to, { status: 401, says: 'authorization: ' }, { Authorization: 'Bearer wrong' }, body),
    ask(to, { status: 403, says: '$CONTROL/' }, { Authorization: basic('device', PASSWORD) }, body),
    ask(to, { status: 403, says: 'origin: ' }, { Origin: 'https://elsewhere.example' }, body),
    ask(to, { status: 421, says: 'GATEHOUSE_HOSTS' }, { Host: 'elsewhere.example' }, body),
    ask(to, { status: 431 }, { 'X-Long': 'a'.repeat(20_000) }),
    ask(to, { service: 'broken', status: 500, says: 'internal error' }, {}, body),
    ask(to, { service: 'unloaded', status: 503, says: 'undecided: not_ready' }, {}, body),
  ];
});

/** Changes are made in the service with a token alone. */
function run(commands: readonly object[], says: string, query = ''): Question {
  return ask(COMMANDS, { service: 'guarded', status: 200, says, query }, BY_TOKEN, { commands });
}

const NEW_CLIENT = {
  ...{ command: 'createClient', username: 'furnished', password: 'p', textname: 'a', textdescription: 'b' },
  roles: [{ rolename: 'reader', priority: 3 }, { rolename: 'odd' }],
  groups: [{ groupname: 'readers', priority: 4 }, { groupname: 'visitors' }],
  ...{ attributes: { site: 'x' }, clientids: ['%u', 'c-*'], superuser: true },
};
const READS = ['getDetails', 'getDefaultACLAccess', 'getAnonymousGroup'].map((command) => ({ command }));
const LISTS = ['listClients', 'listGroups', 'listRoles'].map((command) => ({ command }));
const MANY = Array.from({ length: 50 }, (_, i) => `${'a'.repeat(100)}${String(i)}`);
const UNFINISHED_TYPE = (mebibytes: number): Headers => ({
  'Content-Length': String(mebibytes * MEBIBYTE + 1),
});

const commands: readonly Question[] = [
  run([NEW_CLIENT, { command: 'setAnonymousGroup', groupname: 'readers' }], '{"command":"createClient"}'),
  run([{ ...NEW_CLIENT, correlationData: 'x' }], '"error":"Client already exists","correlationData":"x"'),
  run([...READS, ...LISTS, { command: 'getClient', username: 'furnished' }], '"clientids":["%u","c-*"]'),
  run([{ command: 'getGroup', groupname: 'readers', correlationData: '' }], '"correlationData":""'),
  run([{ command: 'getRole', rolename: 'reader' }], '"acls":[{"acltype"'),
  run(
    LISTS.map((list) => ({ ...list, verbose: true })),
    '"connections":[]',
  ),
  run([{ command: 'disableClient', username: 'furnished' }], '{"command":"disableClient"}'),
  run(
    [{ command: 'createRole', rolename: 'reader' }, { command: 'x' }],
    'Not run: command 1',
    '?atomic=true',
  ),
  run(
    MANY.flatMap((username) => ['createClient', 'disableClient'].map((command) => ({ command, username }))),
    '{"command":"disableClient"}',
  ),
  ask(COMMANDS, { status: 200, says: 'Payload not valid JSON' }, ANY_JSON_TYPE, '{'),
  ask(COMMANDS, { status: 200, says: 'Invalid/missing commands' }, ANY_JSON_TYPE, '[]'),
  ask(COMMANDS, { status: 400, says: 'content-type: ' }, { 'Content-Type': 'text/plain' }, '{}'),
  ask(COMMANDS, { status: 400, says: 'atomic: `x`', query: '?atomic=x' }, ANY_JSON_TYPE, '{}'),
  ask(COMMANDS, { status: 413, says: 'too large', isUnfinished: true }, UNFINISHED_TYPE(16), '{'),
];

const FINDING = { clients: [{ username: 'x', roles: [{ rolename: 'none' }], disabled: 'no' }] };
const NEWS = {
  roles: [{ rolename: 'news', acls: [] }],
  'x-note': 1,
  clients: [{ username: 'n', 'x-note': 1 }],
};

const documents: readonly Question[] = [
  ask(EXPORT, { status: 200, says: '"anonymousGroup": "visitors"' }),
  ask(EXPORT, { service: 'guarded', status: 200, says: 'encoded_password', query: '?hashes=true' }, BY_TOKEN),
  ask(EXPORT, { service: 'guarded', status: 304 }, { ...BY_TOKEN, 'If-None-Match': '"{head}"' }),
  ask(EXPORT, { status: 400, says: 'hashes: `1`', query: '?hashes=1' }),
  ask(EXPORT, { status: 403, says: 'hashes: ', query: '?hashes=true' }),
  ask(IMPORT, { service: 'guarded', status: 200, says: '"counts"', query: '?mode=merge' }, BY_TOKEN, NEWS),
  ask(EXPORT, { service: 'guarded', status: 200, says: '"x-note": 1' }, BY_TOKEN),
  ask(IMPORT, { status: 200, says: '"touched"', query: '?mode=merge&dry-run=true' }, {}, NEWS),
  ask(IMPORT, { status: 400, says: 'body: line 1, column 2: ' }, ANY_JSON_TYPE, '{'),
  ask(IMPORT, { status: 400, says: 'mode: `x`', query: '?mode=x' }, ANY_JSON_TYPE, '{}'),
  ask(IMPORT, { status: 400, says: 'content-type: ' }, { 'Content-Type': 'text/plain' }, '{}'),
  ask(IMPORT, { status: 412, says: 'if-match: ' }, { 'If-Match': '"1-00000000"' }, NEWS),
  ask(IMPORT, { status: 413, says: 'too large', isUnfinished: true }, UNFINISHED_TYPE(512), '{'),
  ask(IMPORT, { status: 422, says: '"pointer":"/clients/0/disabled"' }, {}, FINDING),
  ask(IMPORT, { status: 422, says: 'force=true' }, {}, { clients: [] }),
];

const changes: readonly Question[] = [
  ask(CHANGES, { status: 200, says: '{"changes":[],"head":"' }),
  ask(CHANGES, { service: 'guarded', status: 200, says: '"commands":["document"]' }, BY_TOKEN),
  ask(
    CHANGES,
    { service: 'guarded', status: 200, says: '\nevent: change\n', isEndless: true },
    { ...BY_TOKEN, Accept: 'text/event-stream' },
  ),
  ask(CHANGES, { status: 400, says: 'count: `0`', query: '?count=0' }),
  ask(CHANGES, { status: 410, says: 'after: `x`', query: '?after=x' }),
  ask(
    KICKED,
    { service: 'guarded', at: '/v1/changes/{head}/kick', status: 200, says: '"kicked":[' },
    BY_TOKEN,
  ),
  ask(KICKED, { at: '/v1/changes/{head}/kick', status: 404, says: 'revision: ' }),
  ask(
    KICKED,
    {
      service: 'guarded',
      at: '/v1/changes/{head}/kick',
      query: '?offset=x',
      status: 400,
      says: 'offset: `x`',
    },
    BY_TOKEN,
  ),
];

/** One for each documented answer. */
export const ADMINISTRATION_QUESTIONS: readonly Question[] = [
  ...refusals,
  ...commands,
  ...documents,
  ...changes,
];

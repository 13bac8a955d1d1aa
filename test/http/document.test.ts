/** `GET /v1/document` and `PUT /v1/document`: the realm as a whole. */
import { allowAll, documentOf } from '../support/e2e/document.js';
import {
  ask,
  changesOf,
  documentText,
  headerOf,
  login,
  publish,
  startAdministered,
  succeed,
} from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import { basic, bodyOf, call } from '../support/http/call.js';
import { ADMIN_TOKEN, MANAGEMENT_DOCUMENT, RIGHT_PASSWORD } from '../support/http/management.js';
import type { TestService } from '../support/service.js';
import { PASSWORD_CASES } from '../support/stored-passwords.js';

const ADMIN = basic('admin', RIGHT_PASSWORD);

/** Another realm than the one that is there. */
const OTHER = JSON.parse(
  documentOf({
    clients: [
      { username: 'admin', password: 'another password', roles: ['admin'] },
      { username: 'lamp', password: 'pw', roles: ['lamp'] },
    ],
    roles: { admin: allowAll('$CONTROL/#'), lamp: allowAll('lamps/%u') },
  }),
) as Readonly<Record<string, unknown>>;

let service: TestService;
beforeEach(async () => {
  service = await startAdministered();
});
afterEach(() => service.close());

async function revisionOf({ url }: TestService): Promise<string> {
  const { policy } = bodyOf(await call(url, '/health/ready', { method: 'GET' }));
  return (policy as { readonly revision: string }).revision;
}

/** Asks, and expects that nothing comes of it. */
async function expectUnchanged(asking: () => Promise<Answer>): Promise<Answer> {
  const [document, revision] = [await documentText(service), await revisionOf(service)];
  const answer = await asking();
  expect(await revisionOf(service)).toBe(revision);
  expect((await documentText(service)) === document).toBe(true);
  expect(answer.headers['x-gatehouse-revision']).toBeUndefined();
  return answer;
}

describe('the document of a realm', () => {
  it('is what Mosquitto would write, with nothing of a password in it', async () => {
    const answer = await ask(service, '/document', { as: ADMIN });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(`${JSON.stringify(JSON.parse(answer.text), null, '\t')}\n`);
    const document = bodyOf(answer);
    expect(Object.keys(document)).toEqual([
      ...['changeIndex', 'defaultACLAccess', 'clients', 'groups', 'anonymousGroup', 'roles'],
    ]);
    expect((document['clients'] as object[])[2]).toEqual({
      username: 'bound',
      clientid: 'its own',
      roles: [{ rolename: 'admin' }],
    });
    expect(answer.text).not.toMatch(/password|salt|iterations|\$7\$/);
  });

  it('has the revision as its ETag, and is kept by nobody', async () => {
    const answer = await ask(service, '/document');
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      etag: `"${await revisionOf(service)}"`,
    });
    const { revision } = await succeed(service, { command: 'createRole', rolename: 'new' });
    expect((await ask(service, '/document')).headers.etag).toBe(`"${revision}"`);
  });

  it('is sent only where it is another one, to who says which one is there already', async () => {
    const { etag = '' } = (await ask(service, '/document')).headers;
    const headers = { 'If-None-Match': etag };
    expect(await ask(service, '/document', { headers })).toMatchObject({ status: 304, text: '' });
    await succeed(service, { command: 'createRole', rolename: 'new' });
    expect(await ask(service, '/document', { headers })).toMatchObject({ status: 200 });
  });

  it('holds hashes where they are asked for by token', async () => {
    const { clients } = bodyOf(await ask(service, '/document?hashes=true')) as {
      readonly clients: readonly { readonly encoded_password: string }[];
    };
    const given = MANAGEMENT_DOCUMENT['clients'] as readonly { readonly encoded_password: string }[];
    const hashes = (list: typeof given): string[] => list.map((client) => client.encoded_password).sort();
    expect(hashes(clients)).toEqual(hashes(given));
    expect(await documentText(service, '?hashes=false')).toBe(await documentText(service, ''));
  });

  it('holds them in the form in which they came', async () => {
    const clients = PASSWORD_CASES.map(({ stored }, i) => ({ username: `c${String(i)}`, ...stored }));
    await ask(service, '/document?force=true', { body: { clients } });
    const document = JSON.parse(await documentText(service)) as { readonly clients: readonly object[] };
    expect(document.clients).toEqual(clients.map((client) => ({ ...client, roles: [] })));
  });

  it('holds none for the password of an administrator', async () => {
    const answer = await ask(service, '/document?hashes=true', { as: ADMIN });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('hashes: ') });
    expect(await ask(service, '/document?hashes=false', { as: ADMIN })).toMatchObject({ status: 200 });
  });

  it.each(['hashes=1', 'hashes=', 'hashes=true&hashes=true', 'hashes[]=true'])(
    'is not guessed to be meant with %s',
    async (query) => {
      const answer = await ask(service, `/document?${query}`);
      // Brackets are no parameter of ours.
      expect(answer.status).toBe(query.includes('[') ? 200 : 400);
      expect(answer.text).not.toContain('encoded_password');
    },
  );

  it.each(['GET', 'PUT'])("is nobody else's: %s", async (method) => {
    const request = method === 'PUT' ? { body: OTHER } : {};
    const shown = [null, basic('device', RIGHT_PASSWORD), basic('admin', 'wrong')];
    for (const [i, as] of shown.entries()) {
      const answer = await expectUnchanged(() => ask(service, '/document', { method, as, ...request }));
      expect(answer.status).toBe([401, 403, 401][i]);
    }
  });
});

describe('a document that is put in the place of the realm', () => {
  it('decides the next check, and nothing is left of what was there', async () => {
    const answer = await ask(service, '/document', { as: ADMIN, body: OTHER });
    const revision = await revisionOf(service);
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toEqual({
      ok: true,
      revision,
      findings: [],
      counts: { clients: 2, groups: 0, roles: 2 },
    });
    expect(headerOf(answer, 'x-gatehouse-revision')).toBe(revision);
    expect(await login(service, 'lamp', 'pw')).toBe(200);
    expect(await publish(service, 'lamp', 'lamps/lamp')).toBe(200);
    expect(await login(service, 'device', RIGHT_PASSWORD)).toBe(403);
    expect(await ask(service, '/document', { as: ADMIN })).toMatchObject({ status: 401 });
    expect(await ask(service, '/document', { as: basic('admin', 'another password') })).toMatchObject({
      status: 200,
    });
  });

  it('is one change, and tells whom to disconnect', async () => {
    await ask(service, '/document', { as: ADMIN, body: OTHER });
    const { changes, head } = await changesOf(service);
    expect(changes).toEqual([
      {
        via: 'login',
        by: 'admin',
        from: '127.0.0.1',
        revision: head,
        previous: expect.any(String),
        at: expect.any(String),
        commands: ['document'],
        touched: {
          clients: expect.arrayContaining(['admin', 'device', 'lamp']),
          groups: expect.arrayContaining(['admins', 'anyone']),
          roles: expect.arrayContaining(['lamp', 'everything']),
          settings: true,
        },
      },
    ]);
    const { kicked } = bodyOf(await ask(service, `/changes/${head}/kick`));
    expect(kicked).toEqual(expect.arrayContaining(['admin', 'device', 'grouped', null]));
    expect(kicked).not.toContain('lamp');
  });

  it('changes nothing where it is what is there', async () => {
    const revision = await revisionOf(service);
    const answer = await ask(service, '/document', { body: await documentText(service) });
    expect(bodyOf(answer)).toMatchObject({ ok: true, revision });
    expect(await changesOf(service)).toEqual({ changes: [], head: revision });
  });

  it('revives nothing: a role of an old name is another one', async () => {
    const given = { command: 'createClient', username: 'holder', roles: [{ rolename: 'everything' }] };
    await succeed(service, given, { command: 'deleteRole', rolename: 'everything' });
    await ask(service, '/document', { body: await documentText(service) });
    await succeed(service, { command: 'createRole', rolename: 'everything', acls: allowAll('#') });
    expect(await publish(service, 'holder', 'any')).toBe(403);
  });

  it('is not taken where it is JSON of another type, or none', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', undefined]) {
      const headers = { 'Content-Type': type };
      const answer = await expectUnchanged(() => ask(service, '/document', { body: OTHER, headers }));
      expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('content-type: ') });
    }
  });

  it.each([
    ['', 1, 1],
    ['{"clients":[]', 1, 14],
    ['{\n\t"clients": [],\n\t"roles" []\n}', 3, 10],
    ['{"clients":[]}\n// all of them', 2, 1],
    ["{'clients':[]}", 1, 2],
    ['{"clients":[]} {}', 1, 16],
    ['{"clients":[{"username":"\u0001"}]}', 1, 25],
  ])('is not taken where it is no JSON, and the place is named: %j', async (body, line, column) => {
    const answer = await expectUnchanged(() => ask(service, '/document', { body }));
    const place = `body: line ${String(line)}, column ${String(column)}: `;
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining(place) });
    expect(bodyOf(answer)).toEqual({ ok: false, error: expect.any(String) });
  });

  it('is not taken where it is no UTF-8', async () => {
    const body = Buffer.from('{"clients":[{"username":"\xff"}]}', 'latin1');
    const answer = await expectUnchanged(() => ask(service, '/document?force=true', { body }));
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('body: ') });
  });

  it('may have a byte order mark', async () => {
    const body = `\uFEFF${JSON.stringify(OTHER)}`;
    expect(await ask(service, '/document', { body })).toMatchObject({ status: 200 });
  });

  it.each(['mode=overwrite', 'mode=', 'mode=merge&mode=merge', 'dry-run=1', 'force=yes'])(
    'is not guessed to be meant with %s',
    async (query) => {
      const answer = await expectUnchanged(() => ask(service, `/document?${query}`, { body: OTHER }));
      expect(answer.status).toBe(400);
    },
  );
});

describe('a document that is meant for one revision', () => {
  const put = (revision: string, query = ''): Promise<Answer> =>
    ask(service, `/document${query}`, { body: OTHER, headers: { 'If-Match': revision } });

  it.each(['', '?mode=merge', '?dry-run=true'])('is taken where it is the newest: %s', async (query) => {
    const { etag = '' } = (await ask(service, '/document')).headers;
    expect(await put(etag, query)).toMatchObject({ status: 200 });
  });

  it.each(['', '?mode=merge', '?force=true', '?dry-run=true'])(
    'is not taken where the realm has changed meanwhile: %s',
    async (query) => {
      const { etag = '' } = (await ask(service, '/document')).headers;
      const { revision } = await succeed(service, { command: 'createRole', rolename: 'meanwhile' });
      const answer = await expectUnchanged(() => put(etag, query));
      expect(answer).toMatchObject({ status: 412, text: expect.stringContaining(revision) });
      expect(answer.text).toContain('"error":"if-match: ');
    },
  );

  it('is taken by a list that the newest is in, and by any', async () => {
    const { etag = '' } = (await ask(service, '/document')).headers;
    expect(await put(`"1-00000000", ${etag}`, '?dry-run=true')).toMatchObject({ status: 200 });
    expect(await put('*')).toMatchObject({ status: 200 });
    expect(await put(`"1-00000000", ${etag}`)).toMatchObject({ status: 412 });
  });

  it('is not taken by an ETag that is weak, or none', async () => {
    const { etag = '' } = (await ask(service, '/document')).headers;
    for (const weak of [`W/${etag}`, `"1-00000000", W/${etag}`, '""'])
      expect(await expectUnchanged(() => put(weak))).toMatchObject({ status: 412 });
    for (const none of [etag.slice(1, -1), 'x', '', `${etag} ${etag}`, `"1-00000000",`])
      expect(await expectUnchanged(() => put(none))).toMatchObject({ status: 400 });
  });
});

describe('the last administrator', () => {
  const admins = (client: object, role: readonly object[] = allowAll('$CONTROL/#')): object => ({
    clients: [{ username: 'last', roles: [{ rolename: 'last' }], ...client }],
    roles: [{ rolename: 'last', acls: role }],
  });
  const PASSWORD = PASSWORD_CASES[0]?.stored ?? {};
  const ENDLESS = `$7$2000000000$${'A'.repeat(16)}$${'A'.repeat(86)}==`;
  const DENIAL = { acltype: 'publishClientSend', topic: '$CONTROL/#', allow: false };

  it.each([
    ['nobody', { clients: [] }],
    ['who has no password', admins({})],
    ['whose hash is none', admins({ encoded_password: 'junk' })],
    ['whose hash is cut off', admins({ encoded_password: '$7$1000$c2FsdA==$' })],
    ['whose hash would take for ever', admins({ encoded_password: ENDLESS })],
    ['who is disabled', admins({ ...PASSWORD, disabled: true })],
    ['who is bound to a client id', admins({ ...PASSWORD, clientid: 'c' })],
    ['who is bound to patterns', admins({ ...PASSWORD, clientids: ['*'] })],
    ['who may not publish the commands', admins(PASSWORD, [DENIAL])],
    ['the default access', { ...admins(PASSWORD, []), defaultACLAccess: { publishClientSend: true } }],
    [
      'the anonymous',
      {
        ...admins({}),
        groups: [{ groupname: 'anyone', roles: [{ rolename: 'last' }] }],
        anonymousGroup: 'anyone',
      },
    ],
  ])('is not %s: such a document is not taken, unless it is forced or comes by token', async (_who, body) => {
    const refused = await expectUnchanged(() => ask(service, '/document', { as: ADMIN, body }));
    expect(refused).toMatchObject({ status: 422, text: expect.stringContaining('force=true') });
    expect(bodyOf(refused)).toEqual({ ok: false, error: expect.any(String) });
    expect(await ask(service, '/document', { body })).toMatchObject({ status: 200 });
    await ask(service, '/document', { body: MANAGEMENT_DOCUMENT });
    expect(await ask(service, '/document?force=true', { as: ADMIN, body })).toMatchObject({ status: 200 });
  });

  it.each([
    ['a role', admins(PASSWORD)],
    ['the superuser flag', admins({ ...PASSWORD, superuser: true }, [])],
  ])('may be one by %s', async (_what, body) => {
    expect(await ask(service, '/document', { as: ADMIN, body })).toMatchObject({ status: 200 });
    expect(await ask(service, '/document', { as: basic('last', RIGHT_PASSWORD) })).toMatchObject({
      status: 200,
    });
  });

  it.each(PASSWORD_CASES.filter(({ isUsable }) => isUsable))('may have $what', async ({ stored }) => {
    expect(await ask(service, '/document', { as: ADMIN, body: admins(stored) })).toMatchObject({
      status: 200,
    });
  });

  it('is not missed by a merge, which takes nobody away', async () => {
    const body = { clients: [{ username: 'lamp' }] };
    expect(await ask(service, '/document?mode=merge', { as: ADMIN, body })).toMatchObject({ status: 200 });
    expect(await ask(service, '/document', { as: `Bearer ${ADMIN_TOKEN}` })).toMatchObject({ status: 200 });
  });
});

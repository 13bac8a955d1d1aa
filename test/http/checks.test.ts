import { allow, allowAll, documentOf } from '../support/e2e/document.js';
import { type Answer, call, check, type Encoding, encoded, type Fields } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

const ODD_NAME = 'größe <1> & "2" 🔑';
const ODD_PASSWORD = 'a<b>&c\u2028\u2029=+% ü';

const DOCUMENT = documentOf({
  clients: [
    { username: 'alice', password: 'right', roles: ['device', 'halves'] },
    { username: 'root', password: 'right', roles: [], superuser: true },
    { username: 'öl', password: 'right', roles: [], superuser: true },
    { username: 'bound root', password: 'right', roles: [], superuser: true, clientid: 'its own' },
    { username: 'bound', password: 'right', roles: ['device'], clientid: 'its own' },
    { username: 'off', password: 'right', roles: ['device'], disabled: true },
    { username: ODD_NAME, password: ODD_PASSWORD, roles: ['device'] },
  ],
  roles: {
    device: allowAll('devices/%u/#'),
    halves: [allow('publishClientReceive', 'received/#'), allow('publishClientSend', 'sent/#')],
  },
});

const METHODS = ['POST', 'PUT', 'GET'];
const ENCODINGS: readonly Encoding[] = ['json', 'form'];
const EVERY_WAY = METHODS.flatMap((method) => ENCODINGS.map((encoding) => [method, encoding] as const));

const ALLOW = [200, '{"ok":true,"error":""}'];
const deny = (reason: string): (string | number)[] => [403, `{"ok":false,"error":"${reason}"}`];

/** Status and body, and what every answer promises beside them. */
function read({ status, headers, text }: Answer): (string | number)[] {
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  expect(Object.keys(headers)).not.toContain('etag');
  return [status, text];
}

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ document: DOCUMENT });
});
afterAll(() => service.close());

describe.each(EVERY_WAY)('by %s with a body of %s', (method, encoding) => {
  const ask = async (path: string, fields: Fields): Promise<(string | number)[]> =>
    read(await call(service.url, path, { method, ...encoded(fields, encoding) }));

  it.each([
    ['the right password', ALLOW, { username: 'alice', password: 'right', clientid: 'c' }],
    ['a wrong password', deny('wrong_password'), { username: 'alice', password: 'Right', clientid: 'c' }],
    ['no password', deny('empty_password'), { username: 'alice', password: '', clientid: 'c' }],
    ['nobody', deny('unknown_client'), { username: 'Alice', password: 'right', clientid: 'c' }],
    ['who is disabled', deny('disabled'), { username: 'off', password: 'right', clientid: 'c' }],
    ['the bound client id', ALLOW, { username: 'bound', password: 'right', clientid: 'its own' }],
    ['another id', deny('clientid_mismatch'), { username: 'bound', password: 'right', clientid: 'its own ' }],
    ['no user name', deny('anonymous_not_allowed'), { username: '', password: '', clientid: 'c' }],
    ['odd characters', ALLOW, { username: ODD_NAME, password: ODD_PASSWORD, clientid: 'ü+ &=' }],
  ])('answers a login with %s', async (_what, expected, fields) => {
    expect(await ask('/auth/user', fields)).toEqual(expected);
  });

  it.each([
    ['a superuser', ALLOW, 'root'],
    ['a client that is none', deny('not_superuser'), 'alice'],
    ['one that is bound to a client id', deny('clientid_mismatch'), 'bound root'],
    ['nobody', deny('unknown_client'), 'nobody'],
    ['who is anonymous', deny('not_superuser'), ''],
  ])('answers whether %s is one', async (_what, expected, username) => {
    expect(await ask('/auth/superuser', { username })).toEqual(expected);
  });

  const asNumbersAndText = [1, 2, 4, 8, 3].flatMap((acc) => [acc, String(acc)]);

  it.each([
    ['own topics', ALLOW, 'alice', 'devices/alice/x'],
    ['topics of another', deny('no_match'), 'alice', 'devices/bob/x'],
    ['a superuser', ALLOW, 'root', 'anything'],
    ['an odd name', ALLOW, ODD_NAME, `devices/${ODD_NAME}/ü`],
    ['nobody', deny('unknown_client'), 'nobody', 'devices/nobody/x'],
    ['who is disabled', deny('disabled'), 'off', 'devices/off/x'],
    ['another client id than the bound one', deny('clientid_mismatch'), 'bound', 'devices/bound/x'],
    ['no topic', deny('invalid_topic'), 'alice', ''],
  ])('answers every acc about %s, as number and as text', async (_what, expected, username, topic) => {
    const checks = asNumbersAndText.map((acc) => ask('/auth/acl', { acc, clientid: 'c', topic, username }));
    expect(await Promise.all(checks)).toEqual(checks.map(() => expected));
  });

  it('tells the accesses apart, and takes 3 for receiving and publishing both', async () => {
    const asked = ['received/x', 'sent/x', 'devices/alice/x'].map((topic) =>
      Promise.all(
        ['1', '2', '3', '4', '8'].map(async (acc) => {
          const [status] = await ask('/auth/acl', { acc, clientid: 'c', topic, username: 'alice' });
          return status;
        }),
      ),
    );
    expect(await Promise.all(asked)).toEqual([
      [200, 403, 403, 403, 403],
      [403, 200, 403, 403, 403],
      [200, 200, 200, 200, 200],
    ]);
  });

  it('reads acc 4 and 8 as being about a filter, and the others about a topic name', async () => {
    const fields = { clientid: 'c', topic: 'devices/alice/+/#', username: 'alice' };
    expect(await ask('/auth/acl', { ...fields, acc: 4 })).toEqual(ALLOW);
    expect(await ask('/auth/acl', { ...fields, acc: 8 })).toEqual(ALLOW);
    for (const acc of [1, 2, 3]) {
      expect(await ask('/auth/acl', { ...fields, acc })).toEqual(deny('invalid_topic'));
    }
  });

  it('passes over fields that it does not know', async () => {
    const extra = { more: 'x', Username: 'alice', constructor: 'x', ok: 'true', password: 'wrong' };
    expect(await ask('/auth/superuser', { username: 'root', ...extra })).toEqual(ALLOW);
    expect(await ask('/auth/superuser', { username: 'alice', ...extra })).toEqual(deny('not_superuser'));
  });
});

describe('text', () => {
  const send = (path: string, body: string | Buffer, type = 'application/json'): Promise<Answer> =>
    call(service.url, path, { headers: { 'Content-Type': type }, body });

  it("is read with the escapes of Go's JSON", async () => {
    const username = 'gr\\u00f6\\u00DFe \\u003c1\\u003e \\u0026 \\"2\\" \\ud83d\\udd11';
    const password = 'a\\u003cb\\u003e\\u0026c\\u2028\\u2029=+% ü';
    const body = `{"clientid":"c","password":"${password}","username":"${username}"}`;
    expect(await send('/auth/user', body)).toMatchObject({ status: 200, text: ALLOW[1] });
  });

  it('is read in UTF-8 from forms, with plus signs and escapes', async () => {
    const body =
      'username=gr%C3%B6%c3%9fe+%3C1%3E+%26+%222%22+🔑&acc=2&clientid=&topic=devices/größe <1> %26 "2" %F0%9F%94%91/x';
    expect(await send('/auth/acl', body, 'application/x-www-form-urlencoded')).toMatchObject({ status: 200 });
  });

  it.each([
    ['NUL after the right password', '/auth/user', { username: 'alice', password: 'right\0', clientid: 'c' }],
    ['NUL and more after it', '/auth/user', { username: 'alice', password: 'right\0x', clientid: 'c' }],
    ['NUL after a user name', '/auth/user', { username: 'alice\0', password: 'right', clientid: 'c' }],
    [
      'NUL after a bound client id',
      '/auth/user',
      { username: 'bound', password: 'right', clientid: 'its own\0' },
    ],
    ['NUL after a client id', '/auth/user', { username: 'alice', password: 'right', clientid: 'c\0' }],
    ['NUL after a client id', '/auth/acl', { username: 'alice', clientid: 'c\0', topic: 'sent/x', acc: 2 }],
    ['NUL after a superuser', '/auth/superuser', { username: 'root\0' }],
    ['NUL in a topic', '/auth/acl', { username: 'alice', clientid: '', topic: 'devices/alice/\0', acc: 2 }],
    [
      'half a character in a topic',
      '/auth/acl',
      { username: 'alice', clientid: '', topic: 'devices/alice/\ud83d', acc: 2 },
    ],
    ['half a character in a name', '/auth/acl', { username: '\ud83d', clientid: '', topic: 'x', acc: 2 }],
    [
      'a topic of 65,536 bytes',
      '/auth/acl',
      { username: 'alice', clientid: '', topic: `devices/alice/${'x'.repeat(65_522)}`, acc: 2 },
    ],
    ['the name of a property', '/auth/superuser', { username: '__proto__' }],
    ['the name of another', '/auth/user', { username: 'constructor', password: 'x', clientid: 'c' }],
  ])('that is %s is denied', async (_what, path, fields) => {
    expect(await check(service.url, path, fields)).toMatchObject({ status: 403 });
  });

  it('that is not UTF-8 fits no name', async () => {
    const body = '{"username":"öl"}';
    expect(await send('/auth/superuser', Buffer.from(body, 'utf8'))).toMatchObject({ status: 200 });
    expect(await send('/auth/superuser', Buffer.from(body, 'latin1'))).toMatchObject({ status: 403 });
  });
});

describe('?reply=text', () => {
  const ask = (query: string, fields: Fields): Promise<Answer> =>
    check(service.url, `/auth/superuser${query}`, fields);

  it('answers an allow with exactly ok', async () => {
    const answer = await ask('?reply=text', { username: 'root' });
    expect(answer).toMatchObject({ status: 200, text: 'ok' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain\b/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers a denial with its reason, and the status of a denial', async () => {
    expect(await ask('?broker=b1&reply=text', { username: 'alice' })).toMatchObject({
      status: 403,
      text: 'not_superuser',
    });
  });

  it('answers a mistake with what is wrong, and never with ok', async () => {
    const answer = await ask('?reply=text', { name: 'root' });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('username') });
  });

  it.each(['', '?', '?broker=b1', '?broker=', '?reply=json', '?x=y&reply=json'])(
    'is not what %j asks for',
    async (query) => {
      expect(await ask(query, { username: 'root' })).toMatchObject({ status: 200, text: ALLOW[1] });
    },
  );
});

import { allowAll, documentOf } from '../support/e2e/document.js';
import { type Answer, bodyOf, call, check, encoded, type Fields } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

const DOCUMENT = documentOf({
  clients: [
    { username: 'alice', password: 'right', roles: ['device'] },
    { username: 'root', password: 'right', roles: [], superuser: true },
  ],
  roles: { device: allowAll('devices/%u/#') },
});

/** What each check needs, filled in so that it is allowed. */
const CHECKS: Readonly<Record<string, Fields>> = {
  '/auth/user': { username: 'alice', password: 'right', clientid: 'c' },
  '/auth/superuser': { username: 'root' },
  '/auth/acl': { username: 'alice', clientid: 'c', topic: 'devices/alice/x', acc: 2 },
};
const EVERY_FIELD = Object.entries(CHECKS).flatMap(([path, fields]) =>
  Object.keys(fields).map((field) => [path, field] as const),
);
const EVERY_TEXT = EVERY_FIELD.filter(([, field]) => field !== 'acc');

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ document: DOCUMENT });
});
afterAll(() => service.close());

/** What is promised of the answer to every mistake: it says no, and what is wrong. */
function expectMistake(answer: Answer, naming: string): void {
  expect(answer.status).toBe(400);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(bodyOf(answer)).toEqual({ ok: false, error: expect.stringContaining(naming) });
}

const send = (path: string, body: string | Buffer, type = 'application/json'): Promise<Answer> =>
  call(service.url, path, { headers: { 'Content-Type': type }, body });

describe.each(EVERY_FIELD)('%s without %s', (path, field) => {
  const { [field]: value, ...others } = CHECKS[path] ?? {};

  it('is a mistake in JSON', async () => {
    expect(await check(service.url, path, { ...others, [field]: value })).toMatchObject({ status: 200 });
    expectMistake(await check(service.url, path, others), field);
  });

  it('is a mistake in a form', async () => {
    expectMistake(await call(service.url, path, encoded(others, 'form')), field);
  });

  it('is a mistake where the query has it', async () => {
    const query = new URLSearchParams({ [field]: String(value) }).toString();
    expectMistake(await check(service.url, `${path}?${query}`, others), field);
  });

  it('is a mistake where another spelling of it is there', async () => {
    expectMistake(await check(service.url, path, { ...others, [field.toUpperCase()]: value }), field);
  });
});

describe.each(EVERY_TEXT)('%s', (path, field) => {
  const fields = CHECKS[path] ?? {};

  it(`takes a ${field} of null as an empty one`, async () => {
    const empty = await check(service.url, path, { ...fields, [field]: '' });
    const absent = await check(service.url, path, { ...fields, [field]: null });
    expect([200, 403]).toContain(empty.status);
    expect([absent.status, absent.text]).toEqual([empty.status, empty.text]);
  });

  it.each([1, 0, true, false, ['alice'], [], { username: 'alice' }, {}])(
    `calls a ${field} of %j a mistake`,
    async (value) => {
      expectMistake(await check(service.url, path, { ...fields, [field]: value }), field);
    },
  );
});

describe('the query', () => {
  it('does not stand in for fields, and does not replace them', async () => {
    const query = 'username=root&clientid=c&password=right&topic=x&acc=2';
    expect(await check(service.url, `/auth/superuser?${query}`, { username: 'alice' })).toMatchObject({
      status: 403,
    });
    expect(await call(service.url, `/auth/superuser?${query}`, { method: 'GET' })).toMatchObject({
      status: 400,
    });
  });
});

describe('acc', () => {
  const fields = CHECKS['/auth/acl'] ?? {};

  it.each([
    ...[0, 5, 6, 7, 9, 10, 12, 15, 16, -1, -2, 1.5, 2.000001, 258, 4294967298, 1e300],
    ...['', '0', '5', '12', '-2', '+2', '02', ' 2', '2 ', '2.0', '2e0', '0x2', '２', 'two', 'publish', 'NaN'],
    ...[null, true, false, [], [2], ['2'], {}, { acc: 2 }],
  ])('of %j is a mistake', async (acc) => {
    expectMistake(await check(service.url, '/auth/acl', { ...fields, acc }), 'acc');
  });

  it.each(['0', '16', '-2', '02', ' 2', '2.0', '', '2&acc=x'])(
    'of %j is a mistake in a form',
    async (acc) => {
      const { body } = encoded({ username: 'alice', clientid: 'c', topic: 'devices/alice/x' }, 'form');
      const answer = await send(
        '/auth/acl',
        `${String(body)}&acc=${acc}`,
        'application/x-www-form-urlencoded',
      );
      expectMistake(answer, 'acc');
    },
  );

  it.each(['[', '{"a":'])('that is nested as deep as a body can be (%s) is a mistake', async (opening) => {
    const depth = 100_000;
    const nested = `${opening.repeat(depth)}1${(opening === '[' ? ']' : '}').repeat(depth)}`;
    const body = `{"username":"alice","clientid":"c","topic":"devices/alice/x","acc":${nested}}`;
    expectMistake(await send('/auth/acl', body), 'acc');
  });
});

describe('a body', () => {
  const path = '/auth/superuser';

  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['half an object', '{"username":"root"'],
    ['half a text', '{"username":"root'],
    ['a comma too many', '{"username":"root",}'],
    ['a comment', '{"username":"root"/**/}'],
    ['single quotes', "{'username':'root'}"],
    ['no quotes', '{username:"root"}'],
    ['a raw line break in a text', '{"username":"ro\not"}'],
    ['an unknown escape', '{"username":"ro\\ot"}'],
    ['more after the object', '{"username":"root"}x'],
    ['another object after it', '{"username":"root"}{"username":"root"}'],
    ['NUL after it', '{"username":"root"}\0'],
    ['a form', 'username=root'],
    ['a list', '[{"username":"root"}]'],
    ['a text', '"root"'],
    ['a number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    ['an empty object', '{}'],
    ['UTF-16', Buffer.from('{"username":"root"}', 'utf16le')],
    ['brackets as deep as a body can be', '['.repeat(1_000_000)],
  ])('of %s is a mistake', async (_what, body) => {
    expectMistake(await send(path, body), '');
  });

  it.each(['', '{"username":"root"}', '&&', '=root', 'username', 'user%6Eame', '%username=root'])(
    'that is a form of %j is no allow',
    async (body) => {
      const { status } = await send(path, body, 'application/x-www-form-urlencoded');
      expect([400, 403]).toContain(status);
    },
  );

  it('with a secret in it is not shown in what is said of it', async () => {
    const bodies = ['{"password":"hunter2"', 'hunter2', '{"password":hunter2}', '{"username":["hunter2"]}'];
    const answers = await Promise.all(bodies.map((body) => send('/auth/user', body)));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 400));
    expect(answers.map(({ text }) => text).join()).not.toContain('hunter2');
  });

  it.each(['gzip', 'deflate', 'br', 'x-gzip'])('in %s is a mistake', async (encoding) => {
    const { headers, body } = encoded({ username: 'root' }, 'json');
    const answer = await call(service.url, path, {
      headers: { ...headers, 'Content-Encoding': encoding },
      body,
    });
    expectMistake(answer, '');
  });
});

describe('a content type', () => {
  const json = '{"username":"root"}';
  const form = 'username=root';

  it.each([
    ['application/json', json],
    ['Application/JSON', json],
    ['application/json; charset=utf-8', json],
    ['application/x-www-form-urlencoded', form],
    ['application/x-www-form-urlencoded;charset=UTF-8', form],
  ])('of %s is read', async (type, body) => {
    expect(await send('/auth/superuser', body, type)).toMatchObject({ status: 200 });
  });

  it.each([
    ...[
      '',
      'text/plain',
      'text/json',
      'application/jsonx',
      'application/ld+json',
      'application',
      'json',
      '*/*',
    ],
    ...['application/octet-stream', 'multipart/form-data; boundary=x', 'text/plain; application/json'],
    ...['application/json, text/plain', 'application/x-www-form-urlencoded2', ';application/json'],
  ])('of %j is a mistake', async (type) => {
    for (const body of [json, form]) expectMistake(await send('/auth/superuser', body, type), 'content-type');
  });

  it('that is absent is a mistake', async () => {
    expectMistake(await call(service.url, '/auth/superuser', { body: json }), 'content-type');
  });

  it('does not make a form of JSON, nor JSON of a form', async () => {
    expectMistake(await send('/auth/superuser', json, 'application/x-www-form-urlencoded'), 'username');
    expectMistake(await send('/auth/superuser', form, 'application/json'), 'JSON');
  });
});

import { documentOf } from '../support/e2e/document.js';
import { type Answer, basic, bodyOf, call, encoded } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

const OLD = 'the token of last year, still good enough';
const NEW = 'the token of this year: with colons, = and + and ü';
const ADMIN = 'the token of who administers, not of checks';
const NO_TOKENS = [
  '',
  'x',
  OLD.slice(0, -1),
  `${OLD}x`,
  OLD.toUpperCase(),
  ` ${OLD}`,
  `${OLD},${NEW}`,
  ADMIN,
];

const DOCUMENT = documentOf({
  clients: [{ username: 'root', password: 'the password of root', roles: [], superuser: true }],
  roles: {},
});
const CHECKS = ['/auth/user', '/auth/superuser', '/auth/acl'];
const FIELDS = { username: 'root', password: 'the password of root', clientid: 'c', topic: 'x', acc: 1 };

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    document: DOCUMENT,
    settings: { checkTokens: [OLD, NEW], adminTokens: [ADMIN] },
  });
});
afterAll(() => service.close());

const ask = (path: string, authorization?: string): Promise<Answer> => {
  const { headers, body } = encoded(FIELDS, 'json');
  const shown = authorization === undefined ? {} : { Authorization: authorization };
  return call(service.url, path, { headers: { ...headers, ...shown }, body });
};

/** Header values hold bytes; a browser and Go alike send UTF-8 in Basic alone. */
const bearer = (token: string): string => `Bearer ${Buffer.from(token).toString('latin1')}`;
const inQuery = (path: string, token: string): string =>
  `${path}?${new URLSearchParams({ token }).toString()}`;

function expectRefusal(answer: Answer): void {
  expect(answer.status).toBe(401);
  expect(bodyOf(answer)).toEqual({ ok: false, error: expect.stringContaining('token') });
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'www-authenticate': expect.stringMatching(/^Basic realm=.*Bearer/),
  });
}

describe.each(CHECKS)('where checks carry a token, %s', (path) => {
  it.each([OLD, NEW])(
    'is answered with %j as the password of HTTP Basic, whoever is named there',
    async (token) => {
      for (const name of ['', 'gatehouse', 'root', 'ü']) {
        expect(await ask(path, basic(name, token))).toMatchObject({ status: 200 });
      }
    },
  );

  it('is answered with a token as a bearer', async () => {
    expect(await ask(path, bearer(OLD))).toMatchObject({ status: 200 });
    expect(await ask(path, `bearer  ${OLD}`)).toMatchObject({ status: 200 });
  });

  it.each([OLD, NEW])('is answered with %j in the query', async (token) => {
    expect(await ask(inQuery(path, token))).toMatchObject({ status: 200 });
    expect(await ask(`${inQuery(path, token)}&broker=b1&reply=text`)).toMatchObject({
      status: 200,
      text: 'ok',
    });
  });

  it('is answered with one token that is right beside one that is not', async () => {
    expect(await ask(inQuery(path, 'x'), bearer(OLD))).toMatchObject({ status: 200 });
    expect(await ask(inQuery(path, OLD), bearer('x'))).toMatchObject({ status: 200 });
  });

  it('is refused without', async () => {
    expectRefusal(await ask(path));
    expectRefusal(await ask(`${path}?token`));
    expectRefusal(await ask(`${path}?TOKEN=${encodeURIComponent(OLD)}`));
  });

  it.each(NO_TOKENS)('is refused with %j instead', async (token) => {
    expectRefusal(await ask(path, basic('root', token)));
    expectRefusal(await ask(path, basic(token, '')));
    if (token.trim() === token) expectRefusal(await ask(path, bearer(token)));
    expectRefusal(await ask(inQuery(path, token)));
  });

  it.each([
    ...[
      OLD,
      `Digest ${OLD}`,
      `Token ${OLD}`,
      `Basic ${OLD}`,
      `Bearer:${OLD}`,
      `Bearer="${OLD}"`,
      'Bearer',
      'Basic',
    ],
    ...[
      `Basic ${Buffer.from(OLD).toString('base64')}`,
      `Basic ${Buffer.from(`${OLD}:x`).toString('base64')}`,
    ],
    basic('root', FIELDS.password),
  ])('is refused where the Authorization is %j', async (authorization) => {
    expectRefusal(await ask(path, authorization));
  });

  it('takes no token from the body', async () => {
    const { headers, body } = encoded({ ...FIELDS, token: OLD }, 'json');
    expectRefusal(await call(service.url, path, { headers, body }));
  });

  it('is refused before its body is looked at', async () => {
    expectRefusal(await call(service.url, path, { headers: { 'Content-Type': 'text/plain' }, body: '{' }));
  });

  it('has its word of refusal in text where text is asked for, and not ok', async () => {
    const { status, text } = await ask(`${path}?reply=text`);
    expect([status, text]).toEqual([401, expect.stringContaining('token')]);
  });
});

describe('where checks carry none', () => {
  let open: TestService;
  beforeAll(async () => {
    open = await startTestService({ document: DOCUMENT, settings: { adminTokens: [ADMIN] } });
  });
  afterAll(() => open.close());

  it.each([undefined, 'Bearer whatever', basic('a', 'b'), 'nonsense'])(
    'a check with %j is answered all the same',
    async (authorization) => {
      const { headers, body } = encoded(FIELDS, 'json');
      const shown = authorization === undefined ? {} : { Authorization: authorization };
      const answer = await call(open.url, '/auth/user?token=x', { headers: { ...headers, ...shown }, body });
      expect(answer).toMatchObject({ status: 200 });
    },
  );
});

describe('what is no check', () => {
  it('is not opened by the token of the checks', async () => {
    const headers = { Authorization: bearer(OLD) };
    expect(await call(service.url, '/metrics', { method: 'GET', headers })).toMatchObject({ status: 401 });
    expect(await call(service.url, inQuery('/metrics', OLD), { method: 'GET' })).toMatchObject({
      status: 401,
    });
    expect(await call(service.url, inQuery('/metrics', ADMIN), { method: 'GET' })).toMatchObject({
      status: 401,
    });
  });
});

import { documentOf } from '../support/e2e/document.js';
import { type Answer, call, encoded } from '../support/http/call.js';
import { openWire, statusesIn } from '../support/http/wire.js';
import { startTestService, type TestService } from '../support/service.js';

const CHECK_TOKEN = 'the token of the checks, long enough';
const DOCUMENT = documentOf({
  clients: [{ username: 'root', password: 'right', roles: [], superuser: true }],
  roles: {},
});

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ document: DOCUMENT });
});
afterAll(() => service.close());

const ask = (path: string, method = 'POST'): Promise<Answer> =>
  call(service.url, path, { method, ...encoded({ username: 'root' }, 'json') });

describe('the path of a check', () => {
  it('is taken to the letter', async () => {
    expect(await ask('/auth/superuser')).toMatchObject({ status: 200 });
  });

  it.each([
    ...['/auth/superuser/', '/auth/superuser//', '//auth/superuser', '/auth//superuser', '/auth/./superuser'],
    ...['/Auth/superuser', '/auth/Superuser', '/AUTH/SUPERUSER', '/auth/superuseR'],
    ...[
      '/auth/superuse%72',
      '/%61uth/superuser',
      '/auth%2Fsuperuser',
      '/auth/superuser%3F',
      '/auth/superuser%00',
    ],
    ...[
      '/auth/superuser;x',
      '/auth/superuser&x=y',
      '/auth/superuser#x',
      '/auth/superuser%20',
      '/auth/superuser.',
    ],
    ...[
      '/x/../auth/superuser',
      '/auth/x/../superuser',
      '/auth/superuser/..',
      '/v1/auth/superuser',
      '/superuser',
    ],
    ...['/auth', '/auth/', '/', '/auth/superusers', '/auth/super', '/auth/%zz', '/auth/superuser%', '/%'],
    ...['/auth\\superuser', '*', '/?/auth/superuser', '/auth/superuser/?x'],
  ])('is not %s', async (path) => {
    const { status, text, headers } = await ask(path);
    expect([400, 401, 404]).toContain(status);
    expect(text).not.toContain('"ok":true');
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(headers)).not.toContain('etag');
  });

  it.each(['?', '?broker=b1', '?broker=%zz&x', '??', '?a=b?c=d', '?/auth/user', '?reply=json&reply=text'])(
    'may be followed by %s',
    async (query) => {
      expect(await ask(`/auth/superuser${query}`)).toMatchObject({ status: 200 });
    },
  );
});

describe('a method', () => {
  it.each(['POST', 'PUT', 'GET'])('of %s asks', async (method) => {
    expect(await ask('/auth/superuser', method)).toMatchObject({ status: 200 });
  });

  it.each(['DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND', 'QUERY', 'TRACE'])(
    'of %s does not',
    async (method) => {
      const { status, text, headers } = await ask('/auth/superuser', method);
      expect(status).toBe(405);
      expect(headers).toMatchObject({ allow: 'POST, PUT, GET', 'cache-control': 'no-store' });
      if (method !== 'HEAD') expect(JSON.parse(text)).toMatchObject({ ok: false });
    },
  );
});

describe('an answer', () => {
  it.each(['/auth/superuser', '/auth/user', '/auth/nothing', '/health/live', '/v1/explain', '/metrics'])(
    'at %s is for nobody to keep, and tells nothing of what made it',
    async (path) => {
      const { headers } = await ask(path, path === '/health/live' ? 'GET' : 'POST');
      expect(headers['cache-control']).toBe('no-store');
      expect(Object.keys(headers)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(?:etag|x-powered-by|server|set-cookie)$/)]),
      );
    },
  );

  it('is given in full whatever the caller has of it already', async () => {
    const { headers, body } = encoded({ username: 'root' }, 'json');
    const conditions = { 'If-None-Match': '*', 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' };
    const answer = await call(service.url, '/auth/superuser', {
      method: 'GET',
      headers: { ...headers, ...conditions },
      body,
    });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true,"error":""}' });
  });
});

describe('a connection', () => {
  const request = (body: string, { path = '/auth/superuser', method = 'POST', more = '' } = {}): string =>
    `${method} ${path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n${more}Content-Length: ${String(body.length)}\r\n\r\n${body}`;
  const root = request('{"username":"root"}');
  const nobody = request('{"username":"nobody"}');

  const statuses = async (url: string, sent: readonly string[]): Promise<number[]> => {
    const wire = await openWire(url);
    try {
      wire.send(sent.join(''));
      await wire.until('HTTP/1.1 ', sent.length);
      return statusesIn(wire.received());
    } finally {
      wire.close();
    }
  };

  it('carries one check after another, and says for how long it stays open', async () => {
    const wire = await openWire(service.url);
    for (const count of [1, 2, 3]) {
      wire.send(root);
      await wire.until('{"ok":true', count);
    }
    wire.close();
    expect(wire.received()).not.toMatch(/^connection: close/im);
    const seconds = [...wire.received().matchAll(/^keep-alive: timeout=(\d+)/gim)].map(([, text]) =>
      Number(text),
    );
    expect(seconds).toHaveLength(3);
    expect(Math.min(...seconds)).toBeGreaterThan(90);
  });

  it('answers what comes at once in its order', async () => {
    expect(await statuses(service.url, [root, nobody, root, nobody])).toEqual([200, 403, 200, 403]);
  });

  it.each([
    ['has a path of nobody', request('{"username":"root"}', { path: '/auth/nothing' }), 404],
    ['has a method of nobody', request('{"username":"root"}', { method: 'DELETE' }), 405],
    ['has a query that is not understood', request('{}', { path: '/auth/superuser?reply=xml' }), 400],
    ['has a body that is not understood', request('{'), 400],
    ['has a body that looks like a check', request(root, { path: '/auth/nothing' }), 404],
    ['has a body that looks like a check in it', request(root), 400],
    ['needs more rights', request(root, { path: '/v1/explain' }), 421],
  ])('goes on after a request that %s', async (_what, mistake, status) => {
    expect(await statuses(service.url, [mistake, nobody, mistake, root])).toEqual([status, 403, status, 200]);
  });

  it('goes on after a check without its token, and takes nothing of its body for a request', async () => {
    const guarded = await startTestService({ document: DOCUMENT, settings: { checkTokens: [CHECK_TOKEN] } });
    const more = `Authorization: Bearer ${CHECK_TOKEN}\r\n`;
    const withToken = request('{"username":"root"}', { more });
    const smuggled = request(withToken);
    expect(await statuses(guarded.url, [smuggled, withToken, smuggled, withToken])).toEqual([
      401, 200, 401, 200,
    ]);
    await guarded.close();
  });

  it('carries a body in chunks', async () => {
    const head = 'POST /auth/superuser HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n';
    const chunks = ['{"user', 'name":', '"root"}'].map(
      (text) => `${text.length.toString(16)}\r\n${text}\r\n`,
    );
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`;
    expect(await statuses(service.url, [chunked, nobody])).toEqual([200, 403]);
  });

  it.each([
    ['two lengths', 'Content-Length: 3\r\n'],
    ['a length and chunks', 'Transfer-Encoding: chunked\r\n'],
    ['chunks of an unknown kind', 'Transfer-Encoding: xchunked\r\n'],
  ])('is closed after a request with %s, and nothing in it is allowed', async (_what, more) => {
    const wire = await openWire(service.url);
    wire.send(request('{"username":"root"}', { more }) + root);
    const received = await wire.untilClosed(10_000);
    expect(statusesIn(received)).toEqual([400]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { bodyOf, call, check } from '../support/http/call.js';
import { openWire, sendThenRead, statusesIn, type Wire } from '../support/http/wire.js';
import { startTestService, type TestService } from '../support/service.js';

const LIMIT = 1_048_576;
const LONGEST = 65_535;
const LONG_PASSWORD = '&'.repeat(LONGEST);
const CHECK_TOKEN = 'the token of the checks, long enough';

const DOCUMENT = documentOf({
  clients: [
    { username: 'alice', password: LONG_PASSWORD, roles: ['device'] },
    { username: 'root', password: 'right', roles: [], superuser: true },
  ],
  roles: { device: allowAll('devices/%u/#') },
});

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ document: DOCUMENT });
});
afterAll(() => service.close());

const JSON_TYPE = { 'Content-Type': 'application/json' };
/** A superuser check that is allowed, as long as is asked for. */
const checkOfBytes = (bytes: number): string => {
  const [start, end] = ['{"username":"root","filler":"', '"}'];
  return `${start}${'x'.repeat(bytes - start.length - end.length)}${end}`;
};

describe('the size of a body', () => {
  it('may be what the longest password takes when each of its bytes is escaped by six', async () => {
    const password = '\\u0026'.repeat(LONGEST);
    const body = `{"clientid":"c","password":"${password}","username":"alice"}`;
    expect(await call(service.url, '/auth/user', { headers: JSON_TYPE, body })).toMatchObject({
      status: 200,
    });
    const wrong = body.replace('\\u0026"', '\\u003c"');
    expect(await call(service.url, '/auth/user', { headers: JSON_TYPE, body: wrong })).toMatchObject({
      status: 403,
      text: '{"ok":false,"error":"wrong_password"}',
    });
  });

  it('may be what the longest names and topic take beside it in a form', async () => {
    const longest = new URLSearchParams(
      ['username', 'clientid', 'topic'].map((name): [string, string] => [name, '&'.repeat(LONGEST)]),
    ).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await call(service.url, '/auth/acl', { headers, body: `${longest}&acc=1` });
    expect(answer).toMatchObject({ status: 403 });
  });

  it('may be a mebibyte, to the byte', async () => {
    const body = checkOfBytes(LIMIT);
    expect(await call(service.url, '/auth/superuser', { headers: JSON_TYPE, body })).toMatchObject({
      status: 200,
    });
  });

  it.each(['/auth/user', '/auth/superuser', '/auth/acl'])('may not be a byte more at %s', async (path) => {
    const answer = await call(service.url, path, { headers: JSON_TYPE, body: checkOfBytes(LIMIT + 1) });
    expect(answer.status).toBe(413);
    expect(bodyOf(answer)).toMatchObject({ ok: false });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('may not be a byte more in chunks', async () => {
    const answer = await call(service.url, '/auth/superuser', {
      headers: { ...JSON_TYPE, 'Transfer-Encoding': 'chunked', 'Content-Length': [] },
      body: checkOfBytes(LIMIT + 1),
    });
    expect(answer.status).toBe(413);
  });

  it('may be a mebibyte in chunks', async () => {
    const answer = await call(service.url, '/auth/superuser', {
      headers: { ...JSON_TYPE, 'Transfer-Encoding': 'chunked', 'Content-Length': [] },
      body: checkOfBytes(LIMIT),
    });
    expect(answer.status).toBe(200);
  });

  it('is refused by its length alone, before it comes', async () => {
    const wire = await openWire(service.url);
    wire.send(
      `POST /auth/user HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: ${String(LIMIT + 1)}\r\n\r\n`,
    );
    expect(statusesIn(await wire.untilClosed(10_000))).toEqual([413]);
  });

  it.each([LIMIT + 1, 2 * LIMIT, 5 * LIMIT])(
    'is said to be too much to a caller that sends all of its %d bytes before it listens',
    async (bytes) => {
      const head = 'POST /auth/superuser HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n';
      const body = checkOfBytes(bytes);
      const whole = `Content-Length: ${String(bytes)}\r\n\r\n${body}`;
      const chunked = `Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      for (const rest of [whole, chunked]) {
        expect(statusesIn(await sendThenRead(service.url, head + rest))).toEqual([413]);
      }
    },
  );
});

describe('a connection that is not used well', () => {
  const HEAD = 'POST /auth/superuser HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n';
  const CHUNK = `5\r\n     \r\n`;
  /** How each is begun, and what it goes on with for as long as it may. */
  const BAD: Readonly<Record<string, readonly [begin: string, goOn: string]>> = {
    'that never says anything': ['', ''],
    'whose headers stop': ['POST /auth/superuser HTTP/1.1\r\nHost: h\r\nContent-', ''],
    'whose headers trickle': ['POST /auth/superuser HTTP/1.1\r\nHost: h\r\nX-Slow: ', 'x'],
    'whose headers never end': ['POST /auth/superuser HTTP/1.1\r\nHost: h\r\n', 'X-More: x\r\n'],
    'whose body stops': [`${HEAD}Content-Length: 100\r\n\r\n{"username":"ro`, ''],
    'whose body never comes': [`${HEAD}Content-Length: 100\r\n\r\n`, ''],
    'whose body trickles': [`${HEAD}Content-Length: 100000\r\n\r\n{"username":"root"`, ' '],
    'whose chunks stop': [`${HEAD}Transfer-Encoding: chunked\r\n\r\n${CHUNK}`, ''],
    'whose chunks never end': [`${HEAD}Transfer-Encoding: chunked\r\n\r\n{"username":"root"}`, CHUNK],
    'that has no such path, and a body that stops': [
      'POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n',
      '',
    ],
    'that has no such path, and a body without end': [
      'POST /nothing HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n',
      CHUNK,
    ],
    'that has no rights, and a body without end': [
      'POST /v1/explain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      CHUNK,
    ],
  };
  const NEEDED_MS = 18_000;
  const wires = new Map<string, Wire>();
  let isOver = false;
  let trickles: Promise<void>[] = [];

  /** All of them at once: each takes as long as the service lets it. */
  beforeAll(async () => {
    for (const [name, [begin]] of Object.entries(BAD)) {
      const wire = await openWire(service.url);
      wire.send(begin);
      wires.set(name, wire);
    }
    trickles = Object.entries(BAD).map(async ([name, [, goOn]]) => {
      while (goOn !== '' && !isOver) {
        wires.get(name)?.send(goOn);
        await sleep(100);
      }
    });
  });
  afterAll(async () => {
    isOver = true;
    await Promise.all(trickles);
    for (const wire of wires.values()) wire.close();
  });

  it.each(Object.keys(BAD))('%s is cut off, and nothing of it is allowed', async (name) => {
    const received = await wires.get(name)?.untilClosed(NEEDED_MS);
    expect(received).not.toContain('"ok":true');
    expect(received).not.toMatch(/^HTTP\/1\.1 [25]/m);
  });

  it('does not keep others from being answered', async () => {
    expect(await check(service.url, '/auth/superuser', { username: 'root' })).toMatchObject({ status: 200 });
  });
});

describe('a caller that cannot stop', () => {
  it.each([
    ['with a check', '/auth/user', ''],
    ['with a check without its token', '/auth/user', 'Authorization: Bearer x\r\n'],
    ['with what is no check', '/nothing', ''],
  ])('is cut off in the midst of its body: %s', async (_what, path, more) => {
    const settings = more === '' ? {} : { checkTokens: [CHECK_TOKEN] };
    const guarded = await startTestService({ document: DOCUMENT, settings });
    const wire = await openWire(guarded.url);
    const head = `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n${more}`;
    wire.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let isCut = false;
    const closed = wire.untilClosed(18_000).finally(() => {
      isCut = true;
    });
    while (!isCut) {
      wire.send(chunk);
      await sleep(20);
    }
    const [status = 0] = statusesIn(await closed);
    expect([0, 401, 404, 413]).toContain(status);
    await guarded.close();
  });
});

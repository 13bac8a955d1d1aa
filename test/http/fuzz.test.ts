import * as fc from 'fast-check';
import { type Answer, call, check } from '../support/http/call.js';
import { type Doors, openDoors } from '../support/http/doors.js';
import { isToBeAllowed } from '../support/http/expected-allows.js';
import { createFixedGate, type FixedGate } from '../support/http/fixed-gate.js';
import {
  CHECK_TOKEN,
  DOCUMENT,
  hostileRequest,
  type HostileRequest,
} from '../support/http/hostile-requests.js';
import { openWire, statusesIn } from '../support/http/wire.js';
import { testSeed } from '../support/seed.js';

const RUNS = { seed: testSeed(), numRuns: 1_000 };

describe.each([
  ['needs a token', [CHECK_TOKEN]],
  ['needs no token', []],
])('whatever is sent to a service that %s', (_what, checkTokens) => {
  let fixed: FixedGate;
  let doors: Doors;
  beforeAll(async () => {
    fixed = createFixedGate(DOCUMENT);
    doors = await openDoors({ ...fixed, checkTokens });
  });
  afterAll(async () => {
    await doors.close();
    await fixed.pool.close();
  });

  const atBothDoors = (request: HostileRequest): Promise<[Answer, Answer]> =>
    Promise.all([call(doors.url, request.path, request), call(doors.expressUrl, request.path, request)]);

  it('is allowed only where it is a check for something allowed, and blamed on the caller otherwise', async () => {
    const outcomes = new Set<string>();
    const property = fc.asyncProperty(hostileRequest, async (request) => {
      const [answer, express] = await atBothDoors(request);
      outcomes.add(`${request.path.split('?')[0] ?? ''} ${String(answer.status)}`);
      expect(shown(express)).toEqual(shown(answer));
      expectLegible(request, answer);
      const isAllowed = request.path.startsWith('/auth/') && answer.status < 400;
      expect(isAllowed).toBe(isToBeAllowed(request, checkTokens.length > 0));
    });
    await fc.assert(property, RUNS);
    // Something was tried.
    const tried = ['user', 'superuser', 'acl'].flatMap((kind) =>
      [200, 400, 403].map((code) => `/auth/${kind} ${code}`),
    );
    expect([...outcomes]).toEqual(expect.arrayContaining(tried));
    expect(doors.defects).toEqual([]);
  });

  it('and is not even HTTP, is not allowed, and does not keep others from being answered', async () => {
    await fc.assert(
      fc.asyncProperty(mangledRequest, fc.boolean(), async (bytes, isAtExpress) => {
        const wire = await openWire(isAtExpress ? doors.expressUrl : doors.url);
        wire.send(bytes);
        wire.end();
        const received = await wire.untilClosed(15_000);
        expect(received).not.toContain('"ok":true');
        expect(statusesIn(received).filter((status) => status < 400 || status > 499)).toEqual([]);
      }),
      { ...RUNS, numRuns: 300 },
    );
    for (const url of [doors.url, doors.expressUrl]) {
      const path = `/auth/superuser?token=${encodeURIComponent(CHECK_TOKEN)}`;
      expect(await check(url, path, { username: 'root' })).toMatchObject({ status: 200 });
    }
    expect(doors.defects).toEqual([]);
  });
});

/** What both doors must agree on. */
function shown({ status, headers, text }: Answer): unknown {
  const { 'content-type': type, 'cache-control': cache, allow, connection } = headers;
  return { status, text, type, cache, allow, connection, challenge: headers['www-authenticate'] };
}

/** A status that is no fault of ours, and a body that says the same. */
function expectLegible({ method, path }: HostileRequest, { status, text, headers }: Answer): void {
  expect(status < 400 || (status >= 400 && status < 500)).toBe(true);
  if (method === 'HEAD' || status === 417) return;
  // Express says by itself which methods there are.
  if (method === 'OPTIONS' && !path.startsWith('/auth/') && status === 200) return;
  expect(headers['cache-control']).toBe('no-store');
  if (String(headers['content-type']).startsWith('application/json')) {
    expect(JSON.parse(text)).toMatchObject({ ok: status === 200 });
  } else {
    expect(path).toContain('reply=text');
    expect(text === 'ok').toBe(status === 200);
  }
}

const BODY = '{"username":"nobody","clientid":"c","topic":"devices/nobody","acc":2,"password":"x"}';
const REQUEST = `POST /auth/acl HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** A request that is denied, with some of its bytes replaced, taken out or put in. */
const mangledRequest = fc
  .array(
    fc.record({
      at: fc.nat(REQUEST.length),
      remove: fc.nat(20),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom('\r\n', '\n', '\r\n\r\n', ' ', 'Transfer-Encoding: chunked\r\n', ':', '\0')
          .map((text) => Buffer.from(text)),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) => {
    const mangle = (bytes: Buffer, { at, remove, insert }: (typeof edits)[number]): Buffer =>
      Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
    return edits.reduce(mangle, Buffer.from(REQUEST));
  });

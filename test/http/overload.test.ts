/**
 * Too much to do: new logins are given up first, and never with a 4xx.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { type Answer, basic, bodyOf, call, check } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

/** Most of a second each. */
const SLOW = 1_500_000;
const SLOW_NAMES = Array.from({ length: 8 }, (_, i) => `slow-${String(i)}`);
const ADMIN_TOKEN = 'the token of who looks after this instance';
const DOCUMENT = documentOf({
  clients: [
    { username: 'device', password: 'right', roles: ['all'] },
    { username: 'admin', password: 'right', roles: ['admin'] },
    ...SLOW_NAMES.map((username) => ({ username, password: 'right', roles: [], iterations: SLOW })),
  ],
  roles: { all: allowAll('#'), admin: allowAll('$CONTROL/#') },
});

const LOGIN = { username: 'device', password: 'right', clientid: 'c' };
const DELIVERY = { username: 'device', clientid: 'c', topic: 't', acc: 1 };
const OVERLOADED = { ok: false, error: 'undecided: overloaded' };

/** Keeps the event loop of this process, which the service shares, from turning. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Blocks for that long again and again until the check is given up. Every answer up to then is an allow. */
async function blockUntilShed(ms: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (let round = 0; round < 50; round++) {
    block(ms);
    await turn();
    const answer = await ask();
    if (answer.status !== 200) return answer;
  }
  throw new Error('it is not given up');
}

const status = async (url: string): Promise<Record<string, Record<string, unknown>>> => {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  return bodyOf(await call(url, '/v1/status', { method: 'GET', headers })) as never;
};

describe('an event loop that is late', () => {
  let service: TestService;
  const start = async (shedChecksLagMs: number): Promise<void> => {
    const settings = { shedLoginsLagMs: 100, shedChecksLagMs, adminTokens: [ADMIN_TOKEN] };
    service = await startTestService({ document: DOCUMENT, settings });
  };
  afterEach(() => service.close());

  it('gives up logins and nothing else, says so, and takes them again when it is over', async () => {
    await start(60_000);
    const login = (): Promise<Answer> => check(service.url, '/auth/user', LOGIN);
    const answer = await blockUntilShed(250, login);
    expect([answer.status, bodyOf(answer)]).toEqual([503, OVERLOADED]);
    for (const [path, fields] of [
      ['/auth/acl', DELIVERY],
      ['/auth/superuser', { username: 'device' }],
    ] as const) {
      expect((await check(service.url, path, fields)).text).not.toContain('overloaded');
    }
    await eventually(login, ({ status }) => status === 200);
    const { load } = await status(service.url);
    expect(load).toEqual({ eventLoopLagMs: expect.any(Number), shedding: 'nothing' });
  });

  it('gives up everything when it is far later, but what administrators ask', async () => {
    await start(400);
    const answer = await blockUntilShed(900, () => check(service.url, '/auth/acl', DELIVERY));
    expect([answer.status, bodyOf(answer)]).toEqual([503, OVERLOADED]);
    const headers = { Authorization: basic('admin', 'right') };
    expect(await call(service.url, '/v1/status', { method: 'GET', headers })).toMatchObject({ status: 200 });
    const delivery = (): Promise<Answer> => check(service.url, '/auth/acl', DELIVERY);
    await eventually(delivery, ({ status }) => status === 200);
  }, 30_000);
});

describe('a long queue of hashes', () => {
  let service: TestService;
  beforeAll(async () => {
    const settings = { shedHashQueue: 2, adminTokens: [ADMIN_TOKEN], stormLogins: 5 };
    service = await startTestService({ document: DOCUMENT, settings });
  });
  afterAll(() => service.close());

  it('gives up the logins that would need one more, and neither those that are remembered nor ACL checks', async () => {
    expect(await check(service.url, '/auth/user', LOGIN)).toMatchObject({ status: 200 });
    const ask = (username: string): Promise<Answer> =>
      check(service.url, '/auth/user', { username, password: 'wrong', clientid: 'c' });
    const logins = Promise.all(SLOW_NAMES.map(ask));
    // One is computed and two wait.
    await eventually(
      async () => (await status(service.url))['hashing'],
      (hashing) => hashing?.['waiting'] === 2 && hashing['running'] === 1,
    );
    expect(await check(service.url, '/auth/user', LOGIN)).toMatchObject({ status: 200 });
    expect(await check(service.url, '/auth/acl', DELIVERY)).toMatchObject({ status: 200 });
    const answers = await logins;
    const texts = answers.map(({ status, text }) => `${String(status)} ${text}`);
    const shed = texts.filter((text) => text === `503 ${JSON.stringify(OVERLOADED)}`);
    const denied = texts.filter((text) => text === '403 {"ok":false,"error":"wrong_password"}');
    expect(shed.length).toBeGreaterThan(0);
    expect(denied.length).toBeGreaterThanOrEqual(3);
    expect(shed.length + denied.length).toBe(SLOW_NAMES.length);
  }, 30_000);

  it('is gone when they are done, and was no reason for a denial', async () => {
    await eventually(
      () => check(service.url, '/auth/user', LOGIN),
      ({ status }) => status === 200,
    );
    const { failures } = await status(service.url);
    const { usernames } = failures as { readonly usernames: readonly { readonly reason: string }[] };
    expect(usernames.map(({ reason }) => reason).sort()).toEqual(
      expect.arrayContaining(['overloaded', 'wrong_password']),
    );
  });
});

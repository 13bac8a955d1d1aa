import type { Gate } from '../../src/gate/gate.js';
import type { HealthSource } from '../../src/gate/ports.js';
import { createGate } from '../../src/gate/gate.js';
import { FileStore } from '../../src/store/file/file-store.js';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { type Answer, basic, bodyOf, call, check, encoded } from '../support/http/call.js';
import { type Doors, openDoors } from '../support/http/doors.js';
import { createFixedGate, createTestPool, type FixedGate } from '../support/http/fixed-gate.js';

const ADMIN_TOKEN = 'the token of who administers in tests';
const SECRET = 'what nobody is to see';
/** Some tenths of a second, and within what is verified. */
const SLOW = 600_000;
const DOCUMENT = documentOf({
  clients: [
    { username: 'quick', password: 'right', roles: ['all'] },
    ...['slow', 'slower', 'slowest'].map((username) => ({
      username,
      password: 'right',
      roles: ['all'],
      iterations: SLOW,
    })),
  ],
  roles: { all: allowAll('#'), admin: allowAll('$CONTROL/#') },
});

const ACLS = [1, 2, 3, 4, 8].map(
  (acc) => ['/auth/acl', { username: 'quick', clientid: 'c', topic: 'x', acc }] as const,
);
const CHECKS = [
  ['/auth/user', { username: 'quick', password: 'right', clientid: 'c' }],
  ['/auth/superuser', { username: 'quick' }],
  ...ACLS,
] as const;

/** What is promised where it is our own fault: no allow, no denial, and nothing for anybody to keep. */
function expectUndecided({ status, text, headers }: Answer, reason: string): void {
  expect([status, text]).toEqual([503, expect.stringContaining(reason)]);
  expect(headers['cache-control']).toBe('no-store');
}

describe('before there is a policy', () => {
  let doors: Doors;
  const pool = createTestPool();
  beforeAll(async () => {
    const options = { sharedSubscriptions: 'dynsec', allowAnonymous: true } as const;
    const listener = { loaded: () => undefined, refused: () => undefined, warned: () => undefined };
    // Never opened.
    const store = new FileStore({ path: 'dynamic-security.json', policy: options, listener });
    doors = await openDoors({ gate: createGate(store, pool), health: store, adminTokens: [ADMIN_TOKEN] });
  });
  afterAll(async () => {
    await doors.close();
    await pool.close();
  });

  it.each(CHECKS)('a check at %s of %j is undecided at both doors', async (path, fields) => {
    for (const url of [doors.url, doors.expressUrl]) {
      const answer = await check(url, path, fields);
      expectUndecided(answer, 'not_ready');
      expect(bodyOf(answer)).toMatchObject({ ok: false });
    }
  });

  it('a login without user name or password is undecided too', async () => {
    for (const fields of [
      { username: '', password: '' },
      { username: 'quick', password: '' },
    ]) {
      expectUndecided(await check(doors.url, '/auth/user', { ...fields, clientid: '' }), 'not_ready');
    }
  });

  it('says so in a word where text is asked for, which is not ok', async () => {
    const answer = await check(doors.url, '/auth/superuser?reply=text', { username: 'quick' });
    expectUndecided(answer, 'not_ready');
    expect(answer.text).not.toMatch(/^ok$/m);
  });

  it('is alive, and not ready', async () => {
    expect(await call(doors.url, '/health/live', { method: 'GET' })).toMatchObject({ status: 200 });
    const ready = await call(doors.url, '/health/ready', { method: 'GET' });
    expect(ready.status).toBe(503);
    expect(bodyOf(ready)).toMatchObject({ ok: false, policy: { state: 'absent' } });
  });

  it('still tells a mistake of the caller from a fault of its own', async () => {
    expect(await check(doors.url, '/auth/superuser', {})).toMatchObject({ status: 400 });
    expect(await check(doors.url, '/auth/nothing', {})).toMatchObject({ status: 404 });
  });

  it.each([basic('quick', 'right'), `Bearer ${ADMIN_TOKEN}`])(
    'explains nothing to %s',
    async (authorization) => {
      const { headers, body } = encoded({ username: 'quick', topic: 'x', acc: 1 }, 'json');
      const answer = await call(doors.url, '/v1/explain', {
        headers: { ...headers, Authorization: authorization },
        body,
      });
      expectUndecided(answer, 'not_ready');
    },
  );

  it('writes down no denial', () => {
    expect(doors.log.lines().length).toBeGreaterThan(0);
    expect(doors.log.lines().filter(({ msg }) => msg === 'denied')).toEqual([]);
    expect(doors.defects).toEqual([]);
  });
});

describe('short of time for a password', () => {
  let fixed: FixedGate;
  let doors: Doors;
  beforeAll(async () => {
    fixed = createFixedGate(DOCUMENT, createTestPool({ deadlineMs: 20 }));
    doors = await openDoors(fixed);
  });
  afterAll(async () => {
    await doors.close();
    await fixed.pool.close();
  });

  const logIn = (username: string, password: string): Promise<Answer> =>
    check(doors.url, '/auth/user', { username, password, clientid: 'c' });

  it.each(['right', 'wrong'])('a login with the %s password is undecided', async (password) => {
    expectUndecided(await logIn('slow', password), 'hash_deadline');
  });

  it('what needs no password is decided meanwhile', async () => {
    const undecided = logIn('slower', 'right');
    const acls = await Promise.all(ACLS.map(([path, fields]) => check(doors.url, path, fields)));
    expect(acls.map(({ status }) => status)).toEqual(ACLS.map(() => 200));
    expectUndecided(await undecided, 'hash_deadline');
  });

  it('an administrator is not told that the password is wrong', async () => {
    const headers = { Authorization: basic('slowest', 'right') };
    expectUndecided(await call(doors.url, '/metrics', { method: 'GET', headers }), 'hash_deadline');
  });

  it('nothing of it is a denial in the log', () => {
    expect(doors.log.linesOf('slow').map(({ reason }) => reason)).toContain('hash_deadline');
    expect(doors.log.lines().filter(({ msg }) => msg === 'denied')).toEqual([]);
  });
});

describe('short of room for passwords', () => {
  let fixed: FixedGate;
  let doors: Doors;
  beforeAll(async () => {
    fixed = createFixedGate(DOCUMENT, createTestPool({ queueLimit: 0 }));
    doors = await openDoors(fixed);
  });
  afterAll(async () => {
    await doors.close();
    await fixed.pool.close();
  });

  it('those for whom there is none are undecided, and the one under way is decided', async () => {
    const logIn = (username: string): Promise<Answer> =>
      check(doors.url, '/auth/user', { username, password: 'right', clientid: 'c' });
    const first = logIn('slow');
    await eventually(
      () => fixed.pool.running,
      (running) => running === 1,
    );
    for (const username of ['quick', 'slower', 'nobody'])
      expectUndecided(await logIn(username), 'hash_queue_full');
    expect(await first).toMatchObject({ status: 200 });
    expect(await logIn('quick')).toMatchObject({ status: 200 });
  });
});

describe('with a defect', () => {
  const broken = (): never => {
    throw new TypeError(SECRET);
  };
  const gate: Gate = {
    authenticate: () => Promise.reject(new RangeError(SECRET)),
    checkSuperuser: broken,
    authorize: broken,
    hold: () => undefined,
    explain: broken,
    authenticateAdministrator: () => Promise.reject(new TypeError(SECRET)),
  };
  const health: HealthSource = { health: broken };
  let doors: Doors;
  beforeEach(async () => {
    doors = await openDoors({ gate, health, adminTokens: [ADMIN_TOKEN] });
  });
  afterEach(() => doors.close());

  it.each(CHECKS)('a check at %s of %j is undecided, and the defect reported', async (path, fields) => {
    for (const url of [doors.url, doors.expressUrl]) {
      const answer = await check(url, path, fields);
      expectUndecided(answer, 'internal');
      expect(answer.text).not.toContain(SECRET);
    }
    expect(doors.defects).toHaveLength(2);
    expect(doors.log.lines().map(({ msg }) => msg)).not.toContain('denied');
  });

  it.each([
    ['/v1/explain', 'POST', `Bearer ${ADMIN_TOKEN}`],
    ['/v1/explain', 'POST', basic('a', 'b')],
    ['/metrics', 'GET', basic('a', 'b')],
    ['/health/ready', 'GET', ''],
  ])(
    '%s (%s, %j) is a fault of the service, and tells nothing of it',
    async (path, method, authorization) => {
      const { headers, body } = encoded({ username: 'quick', topic: 'x', acc: 1 }, 'json');
      const answer = await call(doors.url, path, {
        method,
        headers: { ...headers, Authorization: authorization },
        body,
      });
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(answer.text).not.toContain(SECRET);
      expect(answer.text).not.toMatch(/\bat .*:\d+/);
      expect(doors.defects).toHaveLength(1);
    },
  );

  it('it goes on serving', async () => {
    for (let i = 0; i < 3; i += 1) {
      expect(await check(doors.url, '/auth/superuser', { username: 'quick' })).toMatchObject({ status: 503 });
    }
    expect(await call(doors.url, '/health/live', { method: 'GET' })).toMatchObject({ status: 200 });
  });
});

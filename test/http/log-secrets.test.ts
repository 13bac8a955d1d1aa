/** A service as an operator runs it, at the loudest level, fed with secrets in every place where they may come. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { type Gatehouse, startGatehouse } from '../support/e2e/gatehouse.js';
import { basic, bodyOf, call, check, encoded } from '../support/http/call.js';
import { openWire } from '../support/http/wire.js';

const CHECK_TOKEN = 'check-token-0123456789-0123456789';
const ADMIN_TOKEN = 'admin-token-0123456789-0123456789';
const RIGHT = 'the-right-"password"-of-everybody';
const WRONG = 'a-wrong-password-of-somebody';
const STORED = 'stored-material-that-is-no-hash';
const WRONG_TOKEN = 'a-wrong-token-9876543210-9876543210';
const SECRETS = [CHECK_TOKEN, ADMIN_TOKEN, RIGHT, WRONG, STORED, WRONG_TOKEN];

const GOOD = JSON.parse(
  documentOf({
    clients: [
      { username: 'device', password: RIGHT, roles: ['device'] },
      { username: 'admin', password: RIGHT, roles: ['admin'] },
    ],
    roles: { device: allowAll('devices/%u/#'), admin: allowAll('$CONTROL/#') },
  }),
) as { readonly clients: readonly Readonly<Record<string, string>>[] };
const HASHES = GOOD.clients.flatMap(({ encoded_password: encoded = '' }) => encoded.split('$').slice(-2));

/** As it stands, and as it may stand in JSON, in a URL, in a header, in a log. */
const disguises = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  // The rest of a `name:password` in base64, however it is aligned.
  ...[1, 2].map((shift) => Buffer.from(secret.slice(shift)).toString('base64').slice(0, -4)),
];

let dir: string;
let file: string;
let gatehouse: Gatehouse;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-secrets-'));
  file = join(dir, 'dynamic-security.json');
  await writeFile(file, JSON.stringify(GOOD));
  gatehouse = await startGatehouse({
    file,
    env: {
      GATEHOUSE_LOG_LEVEL: 'trace',
      GATEHOUSE_CHECK_TOKEN: CHECK_TOKEN,
      GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
    },
  });
});
afterAll(async () => {
  await gatehouse.stop('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

/** How much the service had written before the test. */
let start = 0;
beforeEach(() => {
  start = gatehouse.output().length;
});

/** Nothing that is secret is in what the service wrote. */
function expectSecrecy(): void {
  const output = gatehouse.output().slice(start);
  const shown = [...SECRETS, ...HASHES].flatMap(disguises).filter((text) => output.includes(text));
  expect(shown).toEqual([]);
}

const withToken = (path: string, token: string): string => `${path}?token=${encodeURIComponent(token)}`;

describe('the log at its loudest', () => {
  it('holds no password and no token of a check, whatever becomes of it', async () => {
    for (const password of [RIGHT, WRONG, `${RIGHT}\0`, '']) {
      for (const username of ['device', 'nobody', '']) {
        const fields = { username, password, clientid: 'c' };
        await check(gatehouse.url, withToken('/auth/user', CHECK_TOKEN), fields);
        await check(gatehouse.url, withToken('/auth/user', WRONG_TOKEN), fields);
      }
    }
    const { headers, body } = encoded(
      { username: 'device', clientid: 'c', topic: 'x', acc: 2, password: WRONG },
      'form',
    );
    for (const token of [CHECK_TOKEN, WRONG_TOKEN]) {
      for (const authorization of [`Bearer ${token}`, basic('gatehouse', token), basic(token, ''), token]) {
        await call(gatehouse.url, '/auth/acl', {
          headers: { ...headers, Authorization: authorization },
          body,
        });
      }
    }
    await eventually(
      () => gatehouse.output(),
      (output) => output.includes('wrong_password'),
    );
    expectSecrecy();
  });

  it('holds nothing of a body that could not be read', async () => {
    const bodies = [
      ...[
        `{"password":"${WRONG}"`,
        `{"password":${WRONG}}`,
        WRONG,
        `["${WRONG}"]`,
        `{"password":["${WRONG}"]}`,
      ],
      ...[
        `{"password":{"password":"${WRONG}"}}`,
        `password=${WRONG}`,
        `${WRONG}=password`,
        `{"username":"${WRONG}`,
      ],
      ...[`{"username":"device","clientid":"c","password":{"${WRONG}":1}}`],
    ];
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', '']) {
      for (const body of bodies) {
        const headers = { 'Content-Type': type };
        await call(gatehouse.url, withToken('/auth/user', CHECK_TOKEN), { headers, body });
      }
    }
    expectSecrecy();
  });

  it('holds no credential of an administrator, and no path', async () => {
    const authorizations = [ADMIN_TOKEN, WRONG_TOKEN, CHECK_TOKEN].map((token) => `Bearer ${token}`);
    authorizations.push(
      basic('admin', RIGHT),
      basic('admin', WRONG),
      basic('device', RIGHT),
      basic('nobody', WRONG),
    );
    for (const authorization of authorizations) {
      for (const body of ['{"topic":"x","acc":2}', `{"topic":"${WRONG}`, `{"${WRONG}":1}`, WRONG]) {
        const headers = { 'Content-Type': 'application/json', Authorization: authorization };
        await call(gatehouse.url, withToken('/v1/explain', ADMIN_TOKEN), { headers, body });
      }
      for (const path of ['/metrics', '/health/ready', '/nothing', `/%${ADMIN_TOKEN}`, `/${ADMIN_TOKEN}`]) {
        const headers = { Authorization: authorization };
        await call(gatehouse.url, withToken(path, ADMIN_TOKEN), { method: 'GET', headers });
      }
    }
    expectSecrecy();
  });

  it('holds nothing of what is not HTTP, or ends early', async () => {
    const head = `POST ${withToken('/auth/user', CHECK_TOKEN)} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
    const wires = [
      `${WRONG}\r\n\r\n`,
      `${head}X Y ${WRONG}\r\n\r\n`,
      `${head}Content-Length: 100\r\n\r\n{"password":"${WRONG}"`,
      `${head}Transfer-Encoding: chunked\r\n\r\n${WRONG}`,
      `${head}Upgrade: ${WRONG}\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\n{}`,
    ];
    for (const bytes of wires) {
      const wire = await openWire(gatehouse.url);
      wire.send(bytes);
      wire.end();
      await wire.untilClosed(15_000);
    }
    expectSecrecy();
  });

  const withClients = (...clients: object[]): string =>
    JSON.stringify({ ...GOOD, clients: [...GOOD.clients, ...clients] });

  it.each([
    ['an unknown form', withClients({ username: 'x', encoded_password: STORED })],
    ['an unknown form of a known scheme', withClients({ username: 'x', encoded_password: `$7$${STORED}` })],
    ['a list', withClients({ username: 'x', encoded_password: [STORED] })],
    [
      'members of another spelling',
      withClients({ username: 'x', Encoded_Password: { x: STORED }, PASSWORD: [STORED] }),
    ],
    [
      'a triple that is none',
      withClients({ username: 'x', password: STORED, salt: STORED, iterations: 'x' }),
    ],
    [
      'members that are objects',
      withClients({ username: 'x', password: { x: STORED }, salt: [STORED], iterations: 1 }),
    ],
    [
      'members that hold NUL',
      withClients({ username: 'x', password: `${STORED}\0`, salt: `${STORED}\0`, iterations: 1 }),
    ],
    ['a client twice', withClients({ username: 'device', encoded_password: STORED })],
    ['a client without a name', withClients({ encoded_password: STORED })],
    ['a client in a list of its own', withClients([{ encoded_password: STORED, username: 'x' }])],
    ['a member twice', `{"clients":[{"username":"x","password":"${STORED}","password":"${STORED}"}]}`],
    ['an end in the midst of it', `{"clients":[{"username":"x","encoded_password":"${STORED}`],
    ['an unknown escape in it', `{"clients":[{"username":"x","encoded_password":"\\x${STORED}"}]}`],
    ['no quotes around it', `{"clients":[{"username":"x","encoded_password":${STORED}}]}`],
    ['clients that are an object', `{"clients":{"x":{"encoded_password":"${STORED}"}}}`],
    ['nothing around it', JSON.stringify(STORED)],
  ])('holds no password of a document with %s', async (_what, document) => {
    await writeFile(file, document);
    await eventually(
      () => gatehouse.output().slice(start),
      (output) => /"level":(?:30|50)\b.*policy/.test(output),
    );
    const health = await call(gatehouse.url, '/health/ready', { method: 'GET' });
    for (const secret of [STORED, ...HASHES]) expect(health.text).not.toContain(secret);
    expectSecrecy();
  });

  it('is lines of JSON, and not empty', () => {
    const lines = gatehouse
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(
      expect.arrayContaining(['denied', 'refused', 'policy taken over']),
    );
  });

  it('is of a service that has served all the while', async () => {
    await writeFile(file, JSON.stringify(GOOD));
    const fields = { username: 'device', password: RIGHT, clientid: 'c' };
    const ask = (): Promise<string> =>
      check(gatehouse.url, withToken('/auth/user', CHECK_TOKEN), fields).then(({ text }) => text);
    await eventually(ask, (text) => bodyOf({ status: 200, headers: {}, text })['ok'] === true);
  });
});

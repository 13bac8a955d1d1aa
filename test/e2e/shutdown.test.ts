import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { startGatehouse, type Gatehouse } from '../support/e2e/gatehouse.js';

const DOCUMENT = {
  clients: [{ username: 'device', password: 'right', roles: ['device'], iterations: 20_000 }],
  roles: { device: allowAll('devices/%u/#') },
};

interface Check {
  readonly path: string;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly status: number;
}

const CHECKS: readonly Check[] = [
  { path: '/auth/user', fields: { username: 'device', password: 'right', clientid: 'c' }, status: 200 },
  { path: '/auth/user', fields: { username: 'device', password: 'wrong', clientid: 'c' }, status: 403 },
  {
    path: '/auth/acl',
    fields: { username: 'device', clientid: 'c', topic: 'devices/device/x', acc: 2 },
    status: 200,
  },
  {
    path: '/auth/acl',
    fields: { username: 'device', clientid: 'c', topic: 'devices/other/x', acc: 2 },
    status: 403,
  },
  { path: '/auth/superuser', fields: { username: 'device' }, status: 403 },
];

/** What a check came to. */
type Answered = { readonly status: number | undefined; readonly ok: boolean } | { readonly failed: string };

/** A check whose body is yet to be sent. */
interface Begun {
  readonly answer: Promise<Answered>;
  finish(): void;
}

describe('SIGTERM', () => {
  let dir: string;
  let gatehouse: Gatehouse;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-shutdown-'));
    const file = join(dir, 'dynamic-security.json');
    await writeFile(file, documentOf(DOCUMENT));
    gatehouse = await startGatehouse({ file });
  });
  afterEach(async () => {
    await gatehouse.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  /** Begins a check of which the service has read the head, and said so with `100 Continue`, and not the body. */
  const begin = async ({ path, fields }: Check): Promise<Begun> => {
    const body = JSON.stringify(fields);
    const check = request(`${gatehouse.url}${path}`, {
      method: 'POST',
      agent: new Agent({ keepAlive: true }),
      headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, Expect: '100-continue' },
    });
    const answer = new Promise<Answered>((resolve) => {
      check.once('error', (error) => resolve({ failed: error.message }));
      check.once('response', (response) => {
        const { statusCode: status } = response;
        void json(response).then((text) => resolve({ status, ok: (text as { ok: boolean }).ok }));
      });
    });
    check.flushHeaders();
    await once(check, 'continue');
    return { answer, finish: () => check.end(body) };
  };

  /** True once the service has begun to end. */
  const refusesConnections = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(gatehouse.port, '127.0.0.1');
      socket.once('error', () => resolve(true)).once('connect', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });

  it('ends the service only after the checks in flight are answered', async () => {
    const begun = await Promise.all(CHECKS.map(begin));
    const ended = gatehouse.stop('SIGTERM');
    await eventually(refusesConnections, Boolean);
    for (const { finish } of begun) finish();
    const answers = await Promise.all(begun.map(({ answer }) => answer));
    expect(answers).toEqual(CHECKS.map(({ status }) => ({ status, ok: status === 200 })));
    expect(await ended).toBe(0);
  });

  it('ends a service whose callers keep their connections open', async () => {
    const begun = await Promise.all(CHECKS.map(begin));
    for (const { finish } of begun) finish();
    await Promise.all(begun.map(({ answer }) => answer));
    expect(await gatehouse.stop('SIGTERM')).toBe(0);
    expect(await refusesConnections()).toBe(true);
  });
});

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually.js';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';
import type { Answer } from '../support/http/call.js';
import { bodyOf, call, check } from '../support/http/call.js';
import { runInside } from '../support/cli/command-line.js';
import { OpenApiDocument } from '../support/openapi/document.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';

const TOKEN = 'a-token-for-the-tests-of-the-workers';
const ADMIN = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };

interface Status {
  readonly instance: { readonly workers: number; readonly silentWorkers?: readonly number[] };
  readonly caches: { readonly decisions: { readonly entries: number; readonly maxEntries: number } };
  readonly failures: { readonly usernames: readonly object[] };
  readonly redis: { readonly instanceId: string };
  readonly instances: { readonly instances: readonly { readonly pid: number; readonly revision: string }[] };
}

const document = new OpenApiDocument();

describe('two workers', () => {
  let redis: RedisServer;
  let dir: string;
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    redis = await startRedis();
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-workers-'));
    gatehouse = await startGatehouse({
      file: join(dir, 'dynamic-security.json'),
      env: {
        ...{ GATEHOUSE_REDIS_URL: redis.url, GATEHOUSE_WORKERS: '2', GATEHOUSE_ADMIN_TOKEN: TOKEN },
        GATEHOUSE_DECISION_CACHE: '100',
      },
    });
  });
  afterAll(async () => {
    await gatehouse.stop();
    await redis.stop();
    await rm(dir, { recursive: true });
  });

  const pids = async (): Promise<readonly number[]> => {
    // A connection that is kept may be one to a worker that has ended.
    const headers = { ...ADMIN, Connection: 'close' };
    const answer = await call(gatehouse.url, '/v1/status', { method: 'GET', headers }).catch(() => undefined);
    const { instances } = JSON.parse(answer?.text ?? '{"instances":{"instances":[]}}') as Status;
    // One that has no state yet decides nothing.
    return instances.instances.filter(({ revision }) => revision !== '').map(({ pid }) => pid);
  };
  // More than there are kept connections, which go to the workers in turn.
  const askMany = <T>(ask: () => Promise<T>): Promise<T>[] => Array.from({ length: 40 }, ask);
  const askAcl = (): Promise<Answer> =>
    check(gatehouse.url, '/auth/acl', { username: 'admin', clientid: 'c', topic: 'a', acc: 2 });
  const getStatus = (): Promise<Answer> =>
    call(gatehouse.url, '/v1/status', { method: 'GET', headers: ADMIN });
  const clear = (query = ''): Promise<Answer> =>
    call(gatehouse.url, `/v1/caches${query}`, { method: 'DELETE', headers: ADMIN });
  const statusOf = (answer: Answer): Status => bodyOf(answer) as unknown as Status;
  const problemsOf = (operation: string, answer: Answer): readonly string[] => {
    const { responses } = document.operation(operation);
    const response = responses.get(answer.status);
    return response ? document.problemsOfAnswer(answer, response) : [`${answer.status} is not documented`];
  };
  const isReady = async (): Promise<boolean> =>
    (await call(gatehouse.url, '/health/ready', { method: 'GET' })).status === 200;
  const metric = async (line: RegExp): Promise<number> => {
    const { text } = await call(gatehouse.url, '/metrics', { method: 'GET', headers: ADMIN });
    return Number(line.exec(text)?.[1]);
  };

  it('serve one realm on one address, and tell their metrics as one', async () => {
    await eventually(
      async () => (await isReady()) && (await pids()).length,
      (count) => count === 2,
    );
    const answers = await Promise.all(askMany(askAcl));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 403));
    expect(await metric(/^gatehouse_checks_total\{check="acl".* (\d+)$/m)).toBe(40);
    expect(await metric(/^gatehouse_policy_entities\{kind="client"\} (\d+)$/m)).toBe(2);
    expect((await pids()).includes(gatehouse.pid)).toBe(false);
  });

  it('are told of together', async () => {
    await Promise.all(askMany(askAcl));
    const login = { username: 'nobody', clientid: 'c', password: 'x' };
    await Promise.all(askMany(() => check(gatehouse.url, '/auth/user', login)));
    const answers = await Promise.all(askMany(getStatus));
    expect(answers.flatMap((answer) => problemsOf('GET /v1/status', answer))).toEqual([]);
    const statuses = answers.map(statusOf);
    expect(new Set(statuses.map(({ redis: { instanceId } }) => instanceId)).size).toBe(2);
    for (const { instance, caches, failures } of statuses) {
      expect(instance).toMatchObject({ workers: 2 });
      expect(instance).not.toHaveProperty('silentWorkers');
      expect(caches.decisions).toMatchObject({ entries: 2, maxEntries: 200 });
      expect(failures.usernames).toEqual([{ username: 'nobody', failures: 40, reason: 'unknown_client' }]);
    }
    const { stdout } = await runInside(['status', '--url', gatehouse.url], TOKEN);
    expect(stdout).toContain('2 workers, which this is one of\n');
    expect(stdout).toContain('decisions: 2 of at most 200, ');
  });

  it('forget together, of one user name or everything', async () => {
    await Promise.all(askMany(askAcl));
    expect(bodyOf(await clear('?username=nobody'))).toMatchObject({ cleared: { decisions: 0 } });
    const cleared = await clear('?username=admin');
    expect([cleared.status, bodyOf(cleared)]).toMatchObject([200, { cleared: { decisions: 2 } }]);
    expect(problemsOf('DELETE /v1/caches', cleared)).toEqual([]);
    expect(statusOf(await getStatus()).caches.decisions.entries).toBe(0);
    await Promise.all(askMany(askAcl));
    const { stdout } = await runInside(['caches', 'clear', '--url', gatehouse.url], TOKEN);
    expect(stdout).toContain('decisions: 2 forgotten\n');
    expect(statusOf(await getStatus()).caches.decisions.entries).toBe(0);
  });

  it('say which of them does not answer, and what is done nevertheless', async () => {
    const [stopped = 0] = await pids();
    await Promise.all(askMany(askAcl));
    process.kill(stopped, 'SIGSTOP');
    // Those that the stopped one should answer wait until it goes on.
    const waiting = [clear, getStatus].map((ask) => Array.from({ length: 8 }, () => ask()));
    try {
      const [refused, answered] = await Promise.all(waiting.map((answers) => Promise.race(answers)));
      expect(refused).toMatchObject({
        status: 503,
        text: `{"ok":false,"error":"emptied by 1 of the workers, not known of the others: no answer in time from process \`${stopped}\`"}`,
      });
      expect(refused && problemsOf('DELETE /v1/caches', refused)).toEqual([]);
      expect(answered && problemsOf('GET /v1/status', answered)).toEqual([]);
      expect(answered && statusOf(answered)).toMatchObject({
        instance: { workers: 2, silentWorkers: [stopped] },
        caches: { decisions: { entries: 0, maxEntries: 100 } },
      });
    } finally {
      process.kill(stopped, 'SIGCONT');
    }
    await Promise.all(waiting.flat());
    const again = await eventually(clear, ({ status }) => status === 200);
    expect(bodyOf(again)).toMatchObject({ cleared: { decisions: 0 } });
  });

  it('are started again where one of them ends, while the other one goes on', async () => {
    const [first = 0, second = 0] = await pids();
    process.kill(first, 'SIGKILL');
    const after = await eventually(pids, (list) => list.length === 2 && !list.includes(first), 30_000);
    expect(after).toContain(second);
    const headers = { ...ADMIN, Connection: 'close' };
    await check(gatehouse.url, '/auth/acl', { username: 'admin', clientid: 'c', topic: 'after', acc: 2 });
    const cleared = await call(gatehouse.url, '/v1/caches', { method: 'DELETE', headers });
    expect([cleared.status, bodyOf(cleared)]).toMatchObject([200, { cleared: { decisions: 1 } }]);
  });

  it('end with the process that has started them', async () => {
    const workers = await eventually(pids, ({ length }) => length === 2);
    expect(await gatehouse.stop()).toBe(0);
    await eventually(
      () => workers.filter(isAlive),
      (alive) => alive.length === 0,
    );
  });
});

it('end where they cannot serve, and say why', async () => {
  const redis = await startRedis();
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-workers-'));
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { GATEHOUSE_REDIS_URL: redis.url, GATEHOUSE_WORKERS: '2', GATEHOUSE_ADMIN_TOKEN: TOKEN };
  const start = startGatehouse({ file: join(dir, 'dynamic-security.json'), port, env });
  await expect(start).rejects.toThrow(/ended with 1 instead of listening[^]*EADDRINUSE/);
  await once(server.close(), 'close');
  await redis.stop();
  await rm(dir, { recursive: true });
});

it('need Redis', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-workers-'));
  const file = join(dir, 'dynamic-security.json');
  await expect(startGatehouse({ file, env: { GATEHOUSE_WORKERS: '2' } })).rejects.toThrow(
    /GATEHOUSE_WORKERS.*`2` needs GATEHOUSE_REDIS_URL/,
  );
  await rm(dir, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually.js';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';
import { call, check } from '../support/http/call.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';

const TOKEN = 'a-token-for-the-tests-of-the-workers';
const ADMIN = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };

interface Status {
  readonly instances: { readonly instances: readonly { readonly pid: number; readonly revision: string }[] };
}

describe('two workers', () => {
  let redis: RedisServer;
  let dir: string;
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    redis = await startRedis();
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-workers-'));
    gatehouse = await startGatehouse({
      file: join(dir, 'dynamic-security.json'),
      env: { GATEHOUSE_REDIS_URL: redis.url, GATEHOUSE_WORKERS: '2', GATEHOUSE_ADMIN_TOKEN: TOKEN },
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
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        check(gatehouse.url, '/auth/acl', { username: 'admin', clientid: 'c', topic: 'a', acc: 2 }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 403));
    expect(await metric(/^gatehouse_checks_total\{check="acl".* (\d+)$/m)).toBe(40);
    expect(await metric(/^gatehouse_policy_entities\{kind="client"\} (\d+)$/m)).toBe(2);
    expect((await pids()).includes(gatehouse.pid)).toBe(false);
  });

  it('are started again where one of them ends, while the other one goes on', async () => {
    const [first = 0, second = 0] = await pids();
    process.kill(first, 'SIGKILL');
    const after = await eventually(pids, (list) => list.length === 2 && !list.includes(first), 30_000);
    expect(after).toContain(second);
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

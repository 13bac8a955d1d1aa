import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGatehouse, type CommandResult } from '../support/cli/run-gatehouse.js';
import { contactLines, IN_CONTACT, startInstance, untilState, WAITING } from '../support/fleet/fleet.js';
import { call, check } from '../support/http/call.js';
import type { RedisServer, RedisSetup } from '../support/redis.js';
import { startRedis, startRedisOn } from '../support/redis.js';
import { askRedis, until } from '../support/redis-ask.js';
import { freePort } from '../support/server-process.js';
import type { TestService } from '../support/service.js';

let redis: RedisServer | undefined;
let service: TestService | undefined;
afterEach(async () => {
  await service?.close();
  await redis?.stop();
  [redis, service] = [undefined, undefined];
});

/** Of all checks about the client that a new realm has, the statuses. */
async function statuses({ url }: TestService): Promise<readonly number[]> {
  const acl = { username: 'democlient', clientid: 'c', topic: 'x' };
  const answers = await Promise.all([
    check(url, '/auth/user', { username: 'democlient', clientid: 'c', password: 'guessed' }),
    check(url, '/auth/superuser', { username: 'democlient' }),
    ...[1, 2, 4, 8].map((acc) => check(url, '/auth/acl', { ...acl, acc })),
  ]);
  return answers.map(({ status }) => status);
}

describe('an instance that is started without Redis', () => {
  it('lives, is undecided about everything, and is ready when Redis comes', async () => {
    const port = await freePort();
    service = await startInstance(`redis://127.0.0.1:${port}`);
    await untilState(service, WAITING);
    expect((await call(service.url, '/health/live', { method: 'GET' })).status).toBe(200);
    expect(await statuses(service)).toEqual([503, 503, 503, 503, 503, 503]);
    redis = await startRedisOn(port, {});
    await untilState(service, IN_CONTACT);
    expect(await statuses(service)).toEqual([403, 403, 200, 200, 200, 200]);
    expect(contactLines(service).at(-1)).toBe('found');
    expect(contactLines(service).filter((line) => line === 'found')).toHaveLength(1);
  });

  it('waits for one that takes no writes, and leaves nothing behind', async () => {
    redis = await startRedis(['--maxmemory', '1']);
    service = await startInstance(redis.url);
    await until(
      'attempts',
      () => service?.log.text() ?? '',
      (text) => text.includes('does not take the document: OOM'),
    );
    await untilState(service, WAITING);
    expect(await statuses(service)).toEqual([503, 503, 503, 503, 503, 503]);
    await askRedis(redis, ['CONFIG', 'SET', 'maxmemory', '0']);
    await untilState(service, IN_CONTACT);
    const files = await readdir(service.dir);
    expect(files.sort()).toEqual(['dynamic-security.json', 'dynamic-security.json.pw']);
  });
});

describe('a Redis that a realm may not be kept in', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-start-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  const serve = async (setup: RedisSetup): Promise<CommandResult> => {
    redis = await startRedis(setup);
    return runGatehouse(['serve'], {
      cwd: dir,
      env: { GATEHOUSE_LISTEN: '127.0.0.1:0', GATEHOUSE_REDIS_URL: redis.url },
    });
  };

  it('ends the process where it drops what it likes', async () => {
    const { code, stderr } = await serve({ options: ['--maxmemory-policy', 'allkeys-lru'] });
    expect(stderr).toMatch(/^gatehouse: redis:\S+: maxmemory-policy `allkeys-lru` drops clients and roles/m);
    expect(code).toBe(1);
  });

  it('ends the process where it is a replica', async () => {
    const { code, stderr } = await serve({ options: ['--replicaof', `127.0.0.1 ${await freePort()}`] });
    expect(stderr).toMatch(/^gatehouse: redis:\S+: Redis is read-only: READONLY/m);
    expect(code).toBe(1);
  });
});

/** The command line where the realm is in Redis: two instances, and commands that speak to one of them. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realmKeys } from '../../src/store/redis/redis-keys.js';
import { runInside } from '../support/cli/command-line.js';
import type { CommandResult } from '../support/cli/run-gatehouse.js';
import { commandEnvironment, gatehouseCommand } from '../support/cli/run-gatehouse.js';
import { eventually } from '../support/e2e/eventually.js';
import { call, check } from '../support/http/call.js';
import { askRedis } from '../support/redis-ask.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { redisSettings } from '../support/redis-settings.js';
import { startTestService, type TestService } from '../support/service.js';

const TOKEN = 'the-token-of-who-administers-the-fleet';
const KEYS = realmKeys('default');
const DOCUMENT = {
  clients: [
    { username: 'operator', password: 'x', salt: 'c2FsdA==', iterations: 1 },
    { username: 'pump', roles: [{ rolename: 'pump' }] },
  ],
  roles: [
    {
      rolename: 'pump',
      acls: [{ acltype: 'publishClientSend', topic: 'pumps/%u', priority: 0, allow: true }],
    },
  ],
};

let redis: RedisServer;
let folder: string;
let first: TestService;
let second: TestService;

beforeAll(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-fleet-'));
  const settings = { adminTokens: [TOKEN], redis: redisSettings(redis.url) };
  [first, second] = await Promise.all([
    startTestService({ document: '', settings }),
    startTestService({ document: '', settings }),
  ]);
  for (const { url } of [first, second]) {
    await eventually(
      async () => (await call(url, '/health/ready', { method: 'GET' })).status,
      (status) => status === 200,
      30_000,
    );
  }
}, 60_000);
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await redis.stop();
  await rm(folder, { recursive: true });
});

const run = ({ url }: TestService, ...args: readonly string[]): Promise<CommandResult> =>
  runInside([...args, '--url', url], TOKEN);

/** Whether an instance lets the pump publish. */
async function allows({ url }: TestService, topic: string): Promise<boolean> {
  const asked = { username: 'pump', clientid: 'c', topic, acc: 2 };
  return (await check(url, '/auth/acl', asked)).status === 200;
}

async function importDocument(): Promise<CommandResult> {
  const file = join(folder, 'dynamic-security.json');
  await writeFile(file, JSON.stringify(DOCUMENT));
  return run(first, 'import', file, '--yes', '--force', '--wait');
}

describe('gatehouse import', () => {
  it('fills an empty realm in Redis, and waits until the other instance decides by it', async () => {
    expect(await allows(second, 'pumps/pump')).toBe(false);
    const { code, stdout } = await importDocument();
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^imported: 2 clients, 0 groups, 1 roles, revision /),
    ]);
    expect([await allows(second, 'pumps/pump'), await allows(second, 'pumps/other')]).toEqual([true, false]);
    const record = JSON.parse(String(await askRedis(redis, ['HGET', KEYS.clients, 'pump']))) as object;
    expect(record).toMatchObject({ username: 'pump', roles: [{ rolename: 'pump' }] });
  });
});

describe('--wait', () => {
  beforeAll(importDocument);

  it('waits for the other instance, with what allows and with what denies', async () => {
    const acl = ['pump', 'publishClientSend', 'more/topics', 'allow'];
    const allowed = await run(second, 'dynsec', 'addRoleACL', ...acl, '--wait');
    expect([allowed.code, allowed.stderr, await allows(first, 'more/topics')]).toEqual([0, '', true]);
    const denied = await run(second, 'dynsec', 'disableClient', 'pump', '--wait');
    expect([denied.code, denied.stderr, await allows(first, 'more/topics')]).toEqual([0, '', false]);
  });

  it('names the instances that do not enforce it in time, and fails though it is done', async () => {
    const since = new Date(0).toISOString();
    const late = { version: '0', revision: '1-0-0123456789abcdef', since, host: 'elsewhere', pid: 1 };
    const [seconds = ''] = (await askRedis(redis, ['TIME'])) as readonly string[];
    await askRedis(redis, ['HSET', KEYS.instances, 'late', `${seconds}000 ${JSON.stringify(late)}`]);
    const { code, stderr } = await run(first, 'dynsec', 'createRole', 'late', '--wait');
    await askRedis(redis, ['HDEL', KEYS.instances, 'late']);
    expect([code, stderr]).toEqual([1, 'Done, but not enforced by instance late.\n']);
    expect((await run(second, 'dynsec', 'getRole', 'late')).code).toBe(0);
  });

  it('is an option of what changes something alone', async () => {
    const { code, stderr } = await run(first, 'dynsec', 'listClients', '--wait');
    expect([code, stderr]).toEqual([2, expect.stringContaining("unknown option '--wait'")]);
  });
});

describe('gatehouse touch', () => {
  it('has all instances take over what was written by hand, and answers the revision', async () => {
    await importDocument();
    const role = JSON.parse(String(await askRedis(redis, ['HGET', KEYS.roles, 'pump']))) as object;
    const acls = [{ acltype: 'publishClientSend', topic: 'by/hand', priority: 0, allow: true }];
    await askRedis(redis, ['HSET', KEYS.roles, 'pump', JSON.stringify({ ...role, acls })]);
    const { code, stdout } = await run(first, 'touch', '--wait');
    const [, revision = ''] = /^revision (\S+)\n$/.exec(stdout) ?? [];
    expect([code, revision]).toEqual([0, expect.stringMatching(/^\d+-\d+-[0-9a-f]{16}$/)]);
    expect(await allows(second, 'by/hand')).toBe(true);
    const json = await run(first, 'touch', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ ok: true, revision: expect.any(String) as string });
  });

  it('fails where it may not ask', async () => {
    const { code, stderr } = await runInside(['touch', '--url', first.url], 'another token');
    expect([code, stderr]).toEqual([1, expect.stringContaining('refuses: ')]);
  });
});

describe('gatehouse status', () => {
  it('tells of Redis, and of every instance', async () => {
    const { code, stdout } = await run(first, 'status');
    expect(code).toBe(0);
    const here = `process ${String(process.pid)} on \\S+, [\\d.]+ s behind, revision \\S+`;
    expect(stdout).toMatch(/^redis {7}contact [\d.]+ s ago, \d clients held, this is instance \S+$/m);
    expect(
      stdout.match(new RegExp(`^(?:instances|) +\\S+: version 0\\.0\\.0-test, ${here}$`, 'gm')),
    ).toHaveLength(2);
  });
});

describe('gatehouse changes', () => {
  it('lists who changed what through any instance, after a revision or from the oldest', async () => {
    await importDocument();
    const { stdout: touched } = await run(first, 'touch', '--wait');
    const [, revision = ''] = /^revision (\S+)\n$/.exec(touched) ?? [];
    await run(second, 'dynsec', 'createRole', 'listed', '--wait');
    const later = await run(first, 'changes', '--after', revision);
    expect([later.code, later.stdout]).toEqual([
      0,
      expect.stringMatching(/^\S+Z {2}\S+ {2}\S*token\S* \(127\.0\.0\.1\) {2}createRole {2}roles listed\n$/),
    ]);
    const { stdout } = await run(first, 'changes', '--json');
    const changes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly revision: string });
    expect(changes.slice(-2)).toMatchObject([
      { revision, commands: ['touch'] },
      { commands: ['createRole'], previous: revision },
    ]);
    expect(changes[0]).toMatchObject({ by: 'default', commands: ['document'] });
  });

  it('goes on with --follow', async () => {
    const [program, ...args] = gatehouseCommand(['changes', '--follow', '--url', second.url]);
    const child = spawn(program, args, { env: commandEnvironment({ GATEHOUSE_ADMIN_TOKEN: TOKEN }) });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    try {
      await eventually(
        () => stdout,
        (text) => text.includes('document'),
        30_000,
      );
      await run(first, 'dynsec', 'createRole', 'followed');
      await eventually(
        () => stdout,
        (text) => text.endsWith('createRole  roles followed\n'),
        30_000,
      );
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('says where a revision is not known', async () => {
    const { code, stderr } = await run(first, 'changes', '--after', '1-0-0123456789abcdef');
    expect([code, stderr]).toEqual([1, expect.stringContaining('is not known, or not any more')]);
  });
});

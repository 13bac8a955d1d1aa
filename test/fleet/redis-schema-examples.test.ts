/** docs/redis-schema.md: its commands against a real Redis and a service, and what it says of keys. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { REALM_PARTS, realmKeys } from '../../src/store/redis/redis-keys.js';
import { SCHEMA } from '../../src/store/redis/schema.js';
import { commandEnvironment } from '../support/cli/run-gatehouse.js';
import { eventually } from '../support/e2e/eventually.js';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';
import { call } from '../support/http/call.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';

const TEXT = readFileSync('docs/redis-schema.md', 'utf8');
const TOKEN = 'the-token-of-who-reads-the-documentation';

const RUN = /<!-- run(: again)? -->\n```sh\n([^]*?)\n```\n\n```(json|text)\n([^]*?)```/g;
const examples = [...TEXT.matchAll(RUN)].map(([, again, command = '', type = '', answer = '']) => ({
  ...{ isAgain: again !== undefined, command, type, answer: answer.trimEnd() },
}));

let redis: RedisServer;
let gatehouse: Gatehouse;
let folder: string;

beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-schema-'));
  const [, document = ''] = /<!-- file: dynamic-security\.json -->\n```json\n([^]*?)\n```/.exec(TEXT) ?? [];
  writeFileSync(join(folder, 'dynamic-security.json'), document);
  const env = { GATEHOUSE_REDIS_URL: redis.url, GATEHOUSE_ADMIN_TOKEN: TOKEN };
  gatehouse = await startGatehouse({ file: join(folder, 'first.json'), env });
  await eventually(
    async () => (await call(gatehouse.url, '/health/ready', { method: 'GET' })).status,
    (status) => status === 200,
    30_000,
  );
}, 60_000);
afterAll(async () => {
  await gatehouse.stop();
  await redis.stop();
  rmSync(folder, { recursive: true });
});

function run(command: string): string {
  const here = command
    .replace(/^redis-cli/, `redis-cli -p ${String(redis.port)}`)
    .replace(/^gatehouse (\w+)/, `${process.execPath} ${resolve('dist/main.js')} $1 --url ${gatehouse.url}`);
  const { stdout, stderr } = spawnSync('bash', ['-c', here], {
    encoding: 'utf8',
    cwd: folder,
    env: commandEnvironment({ GATEHOUSE_ADMIN_TOKEN: TOKEN }),
    timeout: 30_000,
  });
  expect(stderr).toBe('');
  return stdout.trimEnd();
}

/** What is shown, with what came in the place of each `...`. */
function fill(shown: unknown, given: unknown): unknown {
  if (shown === '...' && (typeof given === 'number' || (typeof given === 'string' && given !== '')))
    return given;
  if (Array.isArray(shown)) {
    return shown.map((element, i) =>
      fill(element, Array.isArray(given) ? (given as unknown[])[i] : undefined),
    );
  }
  if (typeof shown !== 'object' || shown === null) return shown;
  const members = (given ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, fill(value, members[name])]));
}

function fits({ type, answer }: (typeof examples)[number], given: string): boolean {
  if (type === 'json') {
    const value: unknown = JSON.parse(given);
    return JSON.stringify(sorted(fill(JSON.parse(answer), value))) === JSON.stringify(sorted(value));
  }
  const trimmed = (text: string): readonly string[] => text.split('\n').map((line) => line.trimEnd());
  const pattern = trimmed(answer).map((line) => line.split('...').map(escaped).join('\\S+'));
  return new RegExp(`^${pattern.join('\n')}$`).test(trimmed(given).join('\n'));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The same with the members of objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('docs/redis-schema.md', () => {
  it.each(examples)('shows what is answered: $command', async (example) => {
    const given = example.isAgain
      ? await eventually(
          () => run(example.command),
          (text) => fits(example, text),
        )
      : run(example.command);
    expect(`${String(fits(example, given))} ${given}`).toBe(`true ${given}`);
  });

  it('runs every command that it shows', () => {
    expect(examples.length).toBe(TEXT.split('```sh').length - 1);
    expect(examples.length).toBeGreaterThan(15);
  });

  it('names every key that there is, and the version', () => {
    const keys = realmKeys('default');
    const made = Object.values(keys).map((key: string | ((...args: string[]) => string)) => {
      if (typeof key === 'string') return key;
      if (key === keys.verified) return key('NAME');
      return key.length === 1 ? key('ID') : key('PART', 'ID');
    });
    const rows = [...TEXT.matchAll(/^\| `(gatehouse:.*?)` \|/gm)].map(([, key]) => key);
    expect(rows.sort()).toEqual(made.sort());
    expect(REALM_PARTS).toHaveLength(4);
    expect(TEXT).toContain(`schema ${SCHEMA};`);
  });

  it('names every key that is in Redis after all this', () => {
    const patterns = [...TEXT.matchAll(/^\| `(gatehouse:.*?)` \|/gm)].map(
      ([, key = '']) => new RegExp(`^${escaped(key).replace(/ID|PART|NAME/g, '.+')}$`),
    );
    const there = run('redis-cli --scan').split('\n');
    expect(there.length).toBeGreaterThan(5);
    expect(there.filter((key) => !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
  });

  it('leads nowhere but to files that are there, and to its own sections', () => {
    const links = [...TEXT.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link.split('#'));
    const headings = [...TEXT.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const [file = '', anchor = ''] of links) {
      if (file === '') expect(headings).toContain(anchor);
      else expect([file, existsSync(join('docs', file))]).toEqual([file, true]);
    }
  });
});

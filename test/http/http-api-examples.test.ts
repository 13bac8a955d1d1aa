import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually.js';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';
import { call } from '../support/http/call.js';
import { metrics } from '../support/http/management.js';
import { OpenApiDocument, type Part } from '../support/openapi/document.js';
import { literalsOf } from '../support/openapi/source-unions.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { redisSettings } from '../support/redis-settings.js';
import { startTestService } from '../support/service.js';

const TEXT = readFileSync('docs/http-api.md', 'utf8');

/** A command with the status and the answer that are shown. */
interface Example {
  readonly status: string;
  readonly command: string;
  readonly type: string;
  readonly answer: string;
}

/** What is run against one start of the service. */
interface Session {
  /** What is exported before it. */
  readonly env: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
}

const BLOCK = '```sh\\n([^]*?)\\n```';
const START = new RegExp(`<!-- start -->\\n${BLOCK}`);
const RUN = new RegExp(`<!-- run: (\\d+) -->\\n${BLOCK}\\n\\n\`\`\`(json|text)\\n([^]*?)\\n\`\`\``, 'g');

const sessions: readonly Session[] = TEXT.split(/(?=<!-- start -->)/)
  .slice(1)
  .map((part) => ({
    env: Object.fromEntries(
      [...(START.exec(part)?.[1] ?? '').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [
        name,
        value,
      ]),
    ),
    examples: [...part.matchAll(RUN)].map(([, status = '', command = '', type = '', answer = '']) => ({
      ...{ status, command, type, answer },
    })),
  }));

/** The cells of every table below a heading, up to the next one; code without its backticks. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const lines = TEXT.split('\n');
  const start = lines.indexOf(heading);
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('#'));
  const rows = lines.slice(start + 1, length === -1 ? undefined : start + 1 + length);
  return rows
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
    );
}

/** What is shown, with what came in the place of each `...`. */
function fill(shown: unknown, given: unknown): unknown {
  if (shown === '...' && ((typeof given === 'string' && given !== '') || typeof given === 'number'))
    return given;
  if (Array.isArray(shown)) {
    return shown.map((element, i) => fill(element, Array.isArray(given) ? given[i] : undefined));
  }
  if (typeof shown !== 'object' || shown === null) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [name, fill(value, (given as Part | null)?.[name])]),
  );
}

describe.each(sessions)('the examples of docs/http-api.md, with $env', ({ env, examples }) => {
  let dir: string;
  let gatehouse: Gatehouse;
  let redis: RedisServer | undefined;

  beforeAll(async () => {
    if ('GATEHOUSE_REDIS_URL' in env) redis = await startRedis();
    const [, document] = /<!-- file: dynamic-security\.json -->\n```json\n([^]*?)\n```/.exec(TEXT) ?? [];
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-http-api-'));
    const file = join(dir, 'dynamic-security.json');
    writeFileSync(file, document ?? '');
    const own = redis ? { ...env, GATEHOUSE_REDIS_URL: redis.url } : env;
    gatehouse = await startGatehouse({ file, env: own });
    await eventually(
      async () => (await call(gatehouse.url, '/health/ready', { method: 'GET' })).status,
      (status) => status === 200,
      30_000,
    );
  }, 60_000);

  afterAll(async () => {
    await gatehouse.stop();
    await redis?.stop();
    rmSync(dir, { recursive: true });
  });

  it.each(examples)('answer $status: $command', ({ status, command, type, answer }) => {
    const here = command
      .replaceAll('http://127.0.0.1:8790', gatehouse.url)
      .replace('curl -s', "curl -s -m 10 -w '%{stderr}%{http_code}'");
    const { stdout, stderr } = spawnSync('bash', ['-c', here], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    expect(stderr).toBe(status);
    if (type === 'text') {
      expect(stdout.trimEnd()).toBe(answer);
    } else {
      const given: unknown = JSON.parse(stdout);
      expect(fill(JSON.parse(answer), given)).toEqual(given);
    }
  });
});

describe('docs/http-api.md', () => {
  const openApi = new OpenApiDocument();

  it('has a section and an example for each path', () => {
    const paths = Object.keys(openApi.at('#/paths') as Part);
    const headings = [...TEXT.matchAll(/^### `(\/.*)`$/gm)].map(([, path]) => path);
    expect(headings.sort()).toEqual(paths.sort());
    const shown = sessions.flatMap(({ examples }) => examples);
    for (const path of paths) {
      expect(shown.filter(({ command }) => command.includes(`8790${openApi.exampleOf(path)}`))).not.toEqual(
        [],
      );
    }
    expect([...new Set(shown.map(({ status }) => status))].sort()).toEqual([
      ...['200', '400', '401', '403', '404', '410', '412', '422'],
    ]);
  });

  it('runs every command that it shows', () => {
    const blocks = TEXT.split('```sh').length - 1;
    const run = sessions.reduce((sum, { examples }) => sum + 1 + examples.length, 0);
    expect(run).toBe(blocks);
  });

  it('leads nowhere but to its own sections, and to files that are there', () => {
    const anchors = [...TEXT.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...TEXT.matchAll(/\]\(#(.*?)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
    expect(links.length).toBeGreaterThan(5);
    const files = [...TEXT.matchAll(/\]\(([^#)]+)\)/g)].map(([, file = '']) => join('docs', file));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it.each([
    [
      '### Denied',
      [
        ...literalsOf('src/dynsec/decision.ts', 'DenyReason'),
        ...literalsOf('src/gate/authenticate.ts', 'LoginRefusal'),
        ...literalsOf('src/gate/superuser.ts', 'SuperuserRefusal'),
      ],
    ],
    ['### Undecided', literalsOf('src/gate/errors.ts', 'UndecidedReason')],
    ['### Allowed', [...literalsOf('src/dynsec/decision.ts', 'AllowReason'), 'authenticated', 'anonymous']],
    ['### Refused', ['invalid_request', 'unauthenticated', 'method_not_allowed', 'request_too_large']],
  ])('says below %s of every reason what to do, and of no other', (heading, reasons) => {
    const rows = rowsBelow(heading);
    expect(rows.map(([reason]) => reason).sort()).toEqual([...new Set(reasons)].sort());
    for (const row of rows) expect(row.at(-1)).toMatch(/^[A-Z`].*\.$/);
  });

  it('says for every denial which check it belongs to', () => {
    const checks = {
      ACL: literalsOf('src/dynsec/decision.ts', 'DenyReason'),
      user: literalsOf('src/gate/authenticate.ts', 'LoginRefusal'),
      superuser: literalsOf('src/gate/superuser.ts', 'SuperuserRefusal'),
    };
    for (const [reason = '', check = ''] of rowsBelow('### Denied')) {
      const own = Object.entries(checks).filter(([, reasons]) => reasons.includes(reason));
      const said = check === 'all' ? Object.keys(checks) : check.split(', ');
      expect([reason, said.sort()]).toEqual([reason, own.map(([name]) => name).sort()]);
    }
  });

  it('names every metric of the service', async () => {
    const token = 'the token of the one who reads the metrics';
    const redis = await startRedis();
    const settings = { adminTokens: [token], redis: redisSettings(redis.url) };
    const service = await startTestService({ document: '', settings });
    const { text } = await metrics(service.url, `Bearer ${token}`);
    await service.close();
    await redis.stop();
    const names = [...text.matchAll(/^# TYPE (gatehouse_\w+) /gm)].map(([, name]) => name);
    expect(
      rowsBelow('### `/metrics`')
        .map(([name]) => name)
        .sort(),
    ).toEqual(names.sort());
  });
});

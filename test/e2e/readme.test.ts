import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';

/** A command of the README, with the status and, where it shows one, the answer that it promises. */
interface Example {
  readonly status: string;
  readonly command: string;
  readonly answer: string | undefined;
}

const README = readFileSync('README.md', 'utf8');
const TOKEN = 'a-token-of-at-least-32-characters';

function documentOf(readme: string): string {
  const [, text] = /<!-- file: dynamic-security\.json -->\n```json\n([\s\S]*?)\n```/.exec(readme) ?? [];
  if (text === undefined) throw new Error('the README shows no dynamic-security.json');
  return text;
}

function examplesOf(readme: string): readonly Example[] {
  const pattern = /<!-- run: (\d+) -->\n```sh\n([\s\S]*?)\n```(?:\n\n```json\n([\s\S]*?)\n```)?/g;
  return [...readme.matchAll(pattern)].map(([, status = '', command = '', answer]) => ({
    status,
    command,
    answer,
  }));
}

describe('the README', () => {
  let gatehouse: Gatehouse;
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-readme-'));
    const file = join(dir, 'dynamic-security.json');
    writeFileSync(file, documentOf(README));
    gatehouse = await startGatehouse({ file, env: { GATEHOUSE_ADMIN_TOKEN: TOKEN } });
  });

  afterAll(async () => {
    await gatehouse.stop();
    rmSync(dir, { recursive: true });
  });

  function run(command: string): { readonly body: string; readonly status: string } {
    const here = command
      .replaceAll('http://127.0.0.1:8790', gatehouse.url)
      .replace('curl -s', "curl -s -w '\\n%{http_code}'");
    const output = execFileSync('bash', ['-c', here], {
      encoding: 'utf8',
      env: { ...process.env, GATEHOUSE_ADMIN_TOKEN: TOKEN },
    });
    const end = output.lastIndexOf('\n');
    return { body: output.slice(0, end), status: output.slice(end + 1) };
  }

  it('has an example for each check, and one of an explanation', () => {
    const commands = examplesOf(README).map(({ command }) => command);
    for (const path of ['/auth/user', '/auth/superuser', '/auth/acl', '/v1/explain']) {
      expect(commands.some((command) => command.includes(path))).toBe(true);
    }
  });

  it.each(examplesOf(README))('is answered with $status: $command', ({ command, status, answer }) => {
    const actual = run(command);
    expect(actual.status).toBe(status);
    if (answer !== undefined) expect(actual.body).toBe(answer);
  });

  it('quotes the explanation as it is', () => {
    const explain = examplesOf(README).find(({ command }) => command.includes('/v1/explain'));
    const { body } = run(explain?.command ?? '');
    const [, quoted] = /looked at: ``(.*?) ``/.exec(README) ?? [];
    expect(JSON.parse(body)).toMatchObject({ reason: 'no_match', trace: [{ rules: [{ why: quoted }] }] });
  });
});

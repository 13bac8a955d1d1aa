/** `gatehouse serve` as a process: the first start, the next one, and how it fails. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startGatehouse } from '../support/e2e/gatehouse.js';

const MAIN = resolve('dist/main.js');

describe('the first start', () => {
  let dir: string;
  let file: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-serve-'));
    file = join(dir, 'dynamic-security.json');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  async function login(url: string, username: string, password: string): Promise<number> {
    const response = await fetch(`${url}/auth/user`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password, clientid: 'c' }),
    });
    return response.status;
  }

  it('creates the configuration, with passwords that let in, and keeps them at the next one', async () => {
    const first = await startGatehouse({ file, env: { GATEHOUSE_PASSWORD_HASH_COST: '1000' } });
    const passwords = readFileSync(`${file}.pw`, 'utf8').trim().split('\n');
    for (const path of [file, `${file}.pw`]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(passwords.map((line) => line.split(' ')[0])).toEqual(['admin', 'democlient']);
    for (const line of passwords) {
      const [username = '', password = ''] = line.split(' ');
      expect(password).toMatch(/^\w{20}$/);
      await expect(login(first.url, username, password)).resolves.toBe(200);
      await expect(login(first.url, username, `${password}x`)).resolves.toBe(403);
      expect(first.output()).not.toContain(password);
    }
    expect(first.output()).toContain('.pw');
    await expect(first.stop()).resolves.toBe(0);
    const document = readFileSync(file, 'utf8');
    const second = await startGatehouse({ file });
    expect(second.output()).not.toContain('is new');
    await second.stop();
    expect(readFileSync(file, 'utf8')).toBe(document);
  });

  it('shows the passwords on a terminal, and writes them nowhere', async () => {
    const command = `${process.execPath} ${MAIN} --listen 127.0.0.1:0 --password-hash-cost 1000`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: dir,
      stdio: 'pipe',
    });
    let output = '';
    await new Promise<void>((done, fail) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Try next')) done();
      });
      child.once('exit', () => fail(new Error(output)));
    });
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
    const password = /admin +(\w{20})/.exec(output)?.[1] ?? '';
    await expect(login(url, 'admin', password)).resolves.toBe(200);
    expect(existsSync(`${file}.pw`)).toBe(false);
    const ended = new Promise((done) => child.once('exit', done));
    // What is typed: Ctrl-C.
    child.stdin.write('\x03');
    await ended;
  });
});

describe('a start that cannot be', () => {
  function run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof spawnSync> {
    return spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...env },
    });
  }

  it('names everything that is wrong at once, and ends with 2', () => {
    const { status, stderr } = run(['--listen', 'nowhere', '--log-level', 'loud'], { GATEHOUSE_LISTN: 'x' });
    expect(status).toBe(2);
    for (const part of [
      '--listen',
      '`nowhere`',
      '--log-level',
      '`loud`',
      'GATEHOUSE_LISTN',
      'GATEHOUSE_LISTEN',
    ]) {
      expect(stderr).toContain(part);
    }
  });

  it('ends with 1 on a document that it cannot take, and names the place', () => {
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-serve-'));
    const file = join(dir, 'broken.json');
    writeFileSync(file, '{\n  "clients": [,]\n}\n');
    const { status, stderr } = run(['--dynsec-file', file, '--listen', '127.0.0.1:0']);
    rmSync(dir, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('broken.json: line 2, column 15');
  });

  it('ends with 1 where the address is taken', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-serve-'));
    const running = await startGatehouse({
      file: join(dir, 'a.json'),
      env: { GATEHOUSE_PASSWORD_HASH_COST: '1000' },
    });
    const { status, stderr } = run([
      '--dynsec-file',
      join(dir, 'a.json'),
      '--listen',
      new URL(running.url).host,
    ]);
    await running.stop();
    rmSync(dir, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
  });
});

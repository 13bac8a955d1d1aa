import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const text = readFileSync('Dockerfile', 'utf8').replace(/\\\n\s*/g, '');
const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));

/** The operands of an instruction of the last stage, of which there is one. */
function operandsOf(name: string): string {
  const found = last.filter((line) => line.startsWith(`${name} `));
  expect(found).toHaveLength(1);
  return (found[0] ?? '').slice(name.length + 1);
}

/** COPY as `[source, target, stage]`. */
function copies(lines: readonly string[]): readonly (readonly [string, string, string | undefined])[] {
  return lines
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) => {
      const [, stage, operands = ''] = /^COPY (?:--from=(\S+) )?(.*)$/.exec(line) ?? [];
      const names = operands.split(' ');
      const target = names.pop() ?? '';
      return names.map((name) => [name, target, stage] as const);
    });
}

describe('the Dockerfile', () => {
  it('copies what is there, and what .dockerignore lets through', () => {
    const ignore = readFileSync('.dockerignore', 'utf8').split('\n');
    const sources = copies(instructions).flatMap(([source, , stage]) => (stage === undefined ? source : []));
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
    expect(sources.filter((source) => !ignore.includes(`!${source}`))).toEqual([]);
    const allowed = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(allowed.filter((name) => !sources.includes(name))).toEqual([]);
    expect(ignore).toContain('*');
  });

  it('builds on the newest Node.js that is tested, in a stage that leaves nothing else behind', () => {
    const images = instructions.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
    expect(new Set(images)).toEqual(new Set(['node:24-bookworm-slim']));
    expect(images).toHaveLength(2);
  });

  it('is not run as root', () => {
    expect(operandsOf('USER')).toBe('node');
  });

  it('has all that runs: the service, and the check of its health', () => {
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
    try {
      for (const [source, target] of copies(last)) {
        const name = source.replace(/^\/app\//, '');
        const path = join(dir, target === './' ? (name.split('/').at(-1) ?? '') : target);
        mkdirSync(dirname(path), { recursive: true });
        if (name === 'node_modules') symlinkSync(resolve(name), path);
        else cpSync(name, path, { recursive: true });
      }
      const here = (json: string): string[] =>
        (JSON.parse(json) as string[]).map((word) => word.replace(/^\/app\//, `${dir}/`));
      const [command = '', ...args] = here(operandsOf('ENTRYPOINT'));
      const run = (...more: string[]): string =>
        execFileSync(command, [...args, ...more], { encoding: 'utf8', cwd: dir });
      expect(run('--version')).toMatch(/^\d+\.\d+\.\d+/);
      expect(run(...here(operandsOf('CMD')), '--help')).toContain('--listen');
      const [probe = '', ...path] = here(operandsOf('HEALTHCHECK').replace(/^.* CMD /, ''));
      const env = { ...process.env, GATEHOUSE_LISTEN: '127.0.0.1:1' };
      expect(() => execFileSync(probe, path, { env, stdio: 'pipe' })).toThrow('ECONNREFUSED');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

import { once } from 'node:events';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProjectFolder } from '../support/project-folder.js';

const SECOND_BUILD_MS = 60_000;

/** A main module that says a word. */
const saying = (word: string): string =>
  `declare const console: { log(value: unknown): void };\nconsole.log('${word}');\nexport {};\n`;

describe('npm start', () => {
  let project: ProjectFolder;

  beforeEach(() => {
    project = new ProjectFolder();
    project.write(
      'src/main.ts',
      'declare const process: { argv: string[] };\ndeclare const console: { log(value: unknown): void };\nconsole.log(process.argv.slice(2));\n',
    );
  });
  afterEach(() => project.remove());

  it(
    'builds once, hands the arguments over, and is quiet about it the second time',
    async () => {
      const first = await project.run('start', '--listen', '127.0.0.1:0');
      const second = await project.run('start');
      expect(first).toEqual({
        code: 0,
        stdout: "[ '--listen', '127.0.0.1:0' ]\n",
        stderr: 'gatehouse: building (a few seconds)\n',
      });
      expect(second).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    },
    SECOND_BUILD_MS,
  );

  it(
    'builds again after a change, takes what is no TypeScript along, and leaves nothing stale',
    async () => {
      project.write('src/redis/old.lua', 'return 1');
      project.write('src/old.ts', 'export {};');
      await project.run('start');
      expect(readFileSync(project.at('dist/redis/old.lua'), 'utf8')).toBe('return 1');
      expect(existsSync(project.at('dist/old.js'))).toBe(true);
      rmSync(project.at('src/redis'), { recursive: true });
      rmSync(project.at('src/old.ts'));
      project.write('src/main.ts', saying('changed'));
      expect(await project.run('start')).toMatchObject({ code: 0, stdout: 'changed\n' });
      expect(readdirSync(project.at('dist')).sort()).toEqual(['built-from', 'main.js']);
    },
    SECOND_BUILD_MS,
  );

  it(
    'does not start what does not compile, and keeps what was built before',
    async () => {
      await project.run('start');
      project.write('src/wrong.ts', 'export const count: number = "one";');
      const { code, stdout, stderr } = await project.run('start');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/src\/wrong\.ts\(1,14\): error TS2322[^]*gatehouse: the build failed/);
      expect(readdirSync(project.path).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(existsSync(project.at('dist/main.js'))).toBe(true);
    },
    SECOND_BUILD_MS,
  );

  it(
    'builds once where two start at the same time',
    async () => {
      const results = await Promise.all([project.run('start'), project.run('start'), project.run('start')]);
      const said = results.map(({ stderr }) => stderr).join('');
      expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(results.map(() => [0, '[]\n']));
      expect(said.match(/building/g)).toHaveLength(1);
      expect(readdirSync(project.path).filter((name) => name.startsWith('.'))).toEqual([]);
    },
    SECOND_BUILD_MS,
  );

  it.each([
    ['a process that is gone', () => `${spawnSync('true').pid} 1\n`],
    ['a process whose id another one has by now', () => `${process.pid} 1\n`],
    ['nobody', () => ''],
    ['whom nobody knows', () => 'nonsense\n'],
  ])('takes over the lock of %s', async (_case, content) => {
    project.write('.prepare.lock', content());
    expect(await project.run('start')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(existsSync(project.at('.prepare.lock'))).toBe(false);
  });

  it('waits for the lock of a process that is there, until that is gone', async () => {
    const holder = spawn('sleep', ['60']);
    try {
      const started = readFileSync(`/proc/${String(holder.pid)}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ')[19];
      project.write('.prepare.lock', `${String(holder.pid)} ${String(started)}\n`);
      const running = project.run('start');
      const winner = await Promise.race([running, sleep(1_500, 'waits')]);
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      expect(winner).toBe('waits');
      expect(await running).toMatchObject({ code: 0, stdout: '[]\n' });
      expect((await running).stderr).toContain(`(process id ${String(holder.pid)}): waiting`);
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('says which Node.js is needed where this one is too old', async () => {
    project.write('package.json', '{ "type": "module", "engines": { "node": ">=999.1" } }');
    expect(await project.run('start')).toEqual({
      code: 1,
      stdout: '',
      stderr: `gatehouse: Node.js >=999.1 is needed, and this is \`${process.versions.node}\`\n`,
    });
  });
});

describe('npm run build', () => {
  it(
    'builds even where nothing has changed',
    async () => {
      const project = new ProjectFolder();
      try {
        project.write('src/main.ts', saying('built'));
        await project.run('build');
        rmSync(project.at('dist/main.js'));
        expect(await project.run('build')).toMatchObject({ code: 0 });
        expect(existsSync(project.at('dist/main.js'))).toBe(true);
      } finally {
        project.remove();
      }
    },
    SECOND_BUILD_MS,
  );
});

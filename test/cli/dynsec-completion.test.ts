import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SECTIONS } from '../../src/cli/dynsec/table.js';
import { runGatehouse } from '../support/cli/run-gatehouse.js';

/** Loads the script in bash, and asks it as bash does when the last word is to be completed. */
const ASK = `
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p gatehouse | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"
`;

const COMMANDS = SECTIONS.flatMap(({ commands }) => commands.map(({ name }) => name));

describe('gatehouse completion bash', () => {
  let folder: string;
  let script: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-completion-'));
    script = (await runGatehouse(['completion', 'bash'])).stdout;
    await writeFile(join(folder, 'gatehouse.bash'), script);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const complete = async (...words: readonly string[]): Promise<readonly string[]> => {
    const args = ['--norc', '-c', ASK, 'bash', join(folder, 'gatehouse.bash'), 'gatehouse', ...words];
    const { stdout, stderr } = await promisify(execFile)('bash', args, { cwd: folder });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((line) => line !== '');
  };

  it('offers the commands', async () => {
    expect(await complete('')).toEqual(
      expect.arrayContaining(['serve', 'dynsec', 'import', 'export', 'completion']),
    );
    expect(await complete('dyn')).toEqual(['dynsec']);
  });

  it('offers every command of dynsec', async () => {
    expect(await complete('dynsec', '')).toEqual([...COMMANDS, 'help']);
    expect(await complete('dynsec', 'removeG')).toEqual(['removeGroupRole', 'removeGroupClient']);
    expect(await complete('dynsec', 'help', 'unset')).toEqual(['unsetAnonymousGroup']);
  });

  it.each([
    [
      ['dynsec', 'createClient', 'x', '--client'],
      ['--clientid', '--clientids'],
    ],
    [['dynsec', '--js'], ['--json']],
    [['import', 'file', '--'], expect.arrayContaining(['--merge', '--dry-run', '--yes', '--url'])],
    [['--dynsec'], ['--dynsec-file']],
  ])('offers the options of a command: %j', async (words, options) => {
    expect(await complete(...words)).toEqual(options);
  });

  it.each([
    [
      ['dynsec', 'addRoleACL', 'r', 'unsub'],
      ['unsubscribeLiteral', 'unsubscribePattern'],
    ],
    [
      ['dynsec', 'addRoleACL', 'r', 'publishClientSend', 'a/b', ''],
      ['allow', 'deny'],
    ],
    [['dynsec', 'setDefaultACLAccess', 's'], ['subscribe']],
    [
      ['dynsec', 'createRole', 'r', '--allowwildcardsubs', ''],
      ['true', 'false'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('offers the words that may stand there: %j', async (words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });

  it('keeps its place past options and their values, as bash breaks them', async () => {
    const url = ['--url', '=', 'http', ':', '//127.0.0.1', ':', '8790'];
    expect(await complete('dynsec', ...url, '-u', 'addRoleACL', 'createRole', '--textn')).toEqual([
      '--textname',
    ]);
    expect(await complete('dynsec', 'addRoleACL', '--json', 'r', ...url, 'sub')).toEqual([
      'subscribeLiteral',
      'subscribePattern',
    ]);
  });

  it('offers files where a file belongs', async () => {
    expect(await complete('import', 'gateh')).toEqual(['gatehouse.bash']);
    expect(await complete('dynsec', '--ca', '')).toEqual(['gatehouse.bash']);
    expect(await complete('dynsec', 'getClient', '')).toEqual([]);
  });

  it('offers nothing that is not to be known', async () => {
    expect(script).not.toMatch(/--cafile|--host\b|getclient|'dynsec init'/);
  });
});

describe('gatehouse completion', () => {
  it.each([
    ['zsh', /^#compdef gatehouse\n/],
    ['fish', /^complete -c gatehouse -n '__gatehouse_is \\'dynsec:1\\'' -a getRole -d 'Show a role'$/m],
  ])('writes a script for %s too', async (shell, pattern) => {
    const { code, stdout, stderr } = await runGatehouse(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(pattern);
    for (const name of COMMANDS) expect(stdout).toContain(`dynsec ${name}`);
  });

  it('knows no other shell', async () => {
    expect(await runGatehouse(['completion', 'csh'])).toMatchObject({ code: 2, stdout: '' });
  });
});

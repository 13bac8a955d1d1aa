import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { commandEnvironment, gatehouseCommand, runGatehouse } from '../support/cli/run-gatehouse.js';
import { ADMIN, ADMIN_TOKEN, ServedRealm } from '../support/cli/served-realm.js';
import { onTerminal } from '../support/cli/terminal.js';

const ENV = { GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN };
const MANY = 30_000;

/** What of a document is looked at here. */
interface Document {
  readonly clients: readonly { readonly username: string; readonly textname?: string }[];
  readonly roles: readonly { readonly rolename: string }[];
}

describe('gatehouse import and export', () => {
  let realm: ServedRealm;

  beforeAll(async () => {
    realm = await ServedRealm.start();
    await realm.dynsec('createRole', 'r1');
    await realm.dynsec('createClient', 'ann', '-p', 'secret', '--roles', 'r1:4', '--textname', 'Ann');
    await writeFile(realm.at('at-first.json'), (await realm.runInside('export', ['--hashes'])).stdout);
  });
  beforeEach(async () => {
    const { code } = await realm.runInside('import', [realm.at('at-first.json'), '--yes']);
    expect(code).toBe(0);
  });
  afterAll(() => realm.stop());

  const exported = async (): Promise<Document> =>
    JSON.parse((await realm.runInside('export', ['--hashes'])).stdout) as Document;
  const usernames = async (): Promise<readonly string[]> =>
    (await exported()).clients.map(({ username }) => username);
  const write = async (name: string, content: unknown): Promise<string> => {
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(realm.at(name), isText ? content : JSON.stringify(content));
    return realm.at(name);
  };

  describe('export', () => {
    it('writes the document to standard output, without hashes unless they are asked for', async () => {
      const plain = await realm.run('export', []);
      expect([plain.code, plain.stderr]).toEqual([0, '']);
      expect(JSON.parse(plain.stdout)).toMatchObject({
        clients: [{ username: 'admin' }, { username: 'ann' }],
      });
      expect(plain.stdout).not.toContain('$7$');
      expect((await realm.run('export', ['-', '--hashes'])).stdout).toContain('"encoded_password": "$7$');
    });

    it('refuses hashes to who has no token, in the words of the service', async () => {
      const args = ['export', '--url', realm.url, '-u', ADMIN.username, '-P', ADMIN.password, '--hashes'];
      expect(await runGatehouse(args)).toEqual({
        code: 1,
        stdout: '',
        stderr: `gatehouse: \`${realm.url}\` refuses: hashes: password hashes are for the admin token alone\n`,
      });
    });

    it('puts a file in place whole, for its owner alone, and leaves nothing else', async () => {
      await mkdir(realm.at('out'));
      await writeFile(realm.at('out/realm.json'), 'old', { mode: 0o644 });
      const result = await realm.run('export', ['out/realm.json', '--hashes']);
      expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await readFile(realm.at('out/realm.json'), 'utf8')).toBe(
        (await realm.run('export', ['--hashes'])).stdout,
      );
      expect((await stat(realm.at('out/realm.json'))).mode & 0o777).toBe(0o600);
      expect(await readdir(realm.at('out'))).toEqual(['realm.json']);
    });

    it('leaves a file as it was where it cannot write', async () => {
      await mkdir(realm.at('taken/below'), { recursive: true });
      const { code, stderr } = await realm.run('export', ['taken']);
      expect([code, stderr]).toEqual([1, 'gatehouse: `taken` is not written: it is a directory\n']);
      const missing = await realm.run('export', ['none/realm.json']);
      expect(missing.stderr).toBe(
        'gatehouse: `none/realm.json` is not written: there is no such file or folder\n',
      );
      expect((await readdir(realm.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
    });

    it('ends quietly where nobody reads on', async () => {
      const big = await write('big.json', manyClients());
      expect(await realm.run('import', [big, '--yes'])).toMatchObject({ code: 0 });
      const [program, ...args] = gatehouseCommand(['export', '--url', realm.url]);
      const child = spawn(program, args, { env: commandEnvironment(ENV), stdio: ['ignore', 'pipe', 'pipe'] });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      await once(child.stdout, 'data');
      child.stdout.destroy();
      expect([await once(child, 'close'), stderr]).toEqual([[0, null], '']);
    });
  });

  describe('import', () => {
    it('brings back what was exported, passwords included', async () => {
      await realm.run('export', ['saved.json', '--hashes']);
      await realm.dynsec('deleteClient', 'ann');
      await realm.dynsec('createClient', 'ben', '--no-password');
      const { code, stdout, stderr } = await realm.run('import', ['saved.json', '--yes']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^imported: 2 clients, 0 groups, 2 roles, revision \S+\n$/);
      const saved = JSON.parse(await readFile(realm.at('saved.json'), 'utf8')) as Document;
      const { clients, roles } = await exported();
      expect({ clients, roles }).toEqual({ clients: saved.clients, roles: saved.roles });
      const login = await realm.runInside('dynsec', ['-u', 'ann', '-P', 'secret', 'listRoles']);
      expect(login.stderr).toContain('this client may not publish');
    });

    it('adds and changes with --merge, and leaves the rest', async () => {
      const file = await write('more.json', { clients: [{ username: 'ben', textname: 'Ben' }] });
      expect(await realm.run('import', [file, '--merge', '--yes'])).toMatchObject({ code: 0, stderr: '' });
      expect(await usernames()).toEqual(['admin', 'ann', 'ben']);
    });

    it('reads standard input', async () => {
      const { stdout: input } = await realm.run('export', ['--hashes']);
      await realm.dynsec('deleteClient', 'ann');
      expect(await realm.run('import', ['-', '--yes'], { input })).toMatchObject({ code: 0, stderr: '' });
      expect(await usernames()).toEqual(['admin', 'ann']);
    });

    it('prints what would change with --dry-run, and changes nothing', async () => {
      const document = await exported();
      const [admin] = document.clients;
      const clients = [{ ...admin, textname: 'new' }, { username: 'ben' }];
      const file = await write('other.json', { ...document, clients });
      expect(await realm.run('import', [file, '--dry-run'])).toEqual({
        code: 0,
        stdout: [
          'clients: 1 created, 1 changed, 1 deleted',
          '  + ben',
          '  ~ admin',
          '  - ann',
          'groups: 0 created, 0 changed, 0 deleted',
          'roles: 0 created, 0 changed, 0 deleted',
          'clients whose checks may be answered otherwise: 3',
          '',
        ].join('\n'),
        stderr: '',
      });
      expect(await usernames()).toEqual(['admin', 'ann']);
    });

    it('shows with --dry-run --json everything that would change', async () => {
      const file = await write('same.json', (await realm.run('export', ['--hashes'])).stdout);
      const none = { created: [], changed: [], deleted: [] };
      const { code, stdout } = await realm.run('import', [file, '--dry-run', '--json']);
      expect([code, JSON.parse(stdout)]).toEqual([
        0,
        { findings: [], changes: { clients: none, groups: none, roles: none, settings: false }, touched: [] },
      ]);
      expect((await realm.run('import', [file, '--dry-run'])).stdout).toBe('nothing would change\n');
    });

    it('says where a document is not as it should be, and takes it only with --force', async () => {
      const document = await exported();
      const clients = [...document.clients, { username: 'ben', roles: [{ rolename: 'no\u001b[1m' }] }];
      const file = await write('odd.json', { ...document, clients });
      const findings =
        'warning: /clients/2/roles/0/rolename: there is no such role; passed over (`"no\\u001b[1m"`)\n';
      expect(await realm.run('import', [file, '--yes'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `${findings}gatehouse: \`${realm.url}\` refuses \`${file}\`: the document is not as it should be; nothing is changed; --force takes it all the same\n`,
      });
      expect(await usernames()).toEqual(['admin', 'ann']);
      expect(await realm.run('import', [file, '--yes', '--force'])).toMatchObject({
        code: 0,
        stderr: findings,
      });
      expect(await usernames()).toEqual(['admin', 'ann', 'ben']);
    });

    it.each([
      ['{\n  "clients": [,]\n}', 'line 2, column 15: value expected'],
      [Buffer.from([0x22, 0xff, 0x22]), 'is not UTF-8'],
    ])('says where a text is no JSON', async (content, problem) => {
      const file = await write('broken.json', content);
      const { code, stderr } = await realm.run('import', [file, '--yes']);
      expect([code, stderr]).toEqual([1, `gatehouse: \`${file}\`: ${problem}\n`]);
    });

    it('says that there is no such file', async () => {
      const { code, stderr } = await realm.run('import', ['none.json', '--yes']);
      expect([code, stderr]).toEqual([1, 'gatehouse: `none.json`: there is no such file or folder\n']);
    });

    it('does not lock out who asks, unless that is meant', async () => {
      const file = await write('nobody.json', { clients: [], groups: [], roles: [], defaultACLAccess: {} });
      const args = ['import', '--url', realm.url, '-u', ADMIN.username, '-P', ADMIN.password, file, '--yes'];
      const { code, stderr } = await runGatehouse(args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/could administer after this; --force does it all the same\n$/);
      expect(await usernames()).toEqual(['admin', 'ann']);
    });

    it('does nothing unasked where nobody can be asked', async () => {
      const file = await write('empty.json', {});
      for (const [name, input] of [
        [file, ''],
        ['-', '{}'],
      ] as const) {
        expect(await realm.run('import', [name], { input })).toEqual({
          code: 2,
          stdout: '',
          stderr: 'gatehouse: nobody can be asked whether this is meant: give --yes\n',
        });
      }
      expect(await usernames()).toEqual(['admin', 'ann']);
    });
  });

  describe('import on a terminal', () => {
    it.each([
      ['n\r', ['admin', 'ann'], 'Nothing is changed.\r\n'],
      ['\r', ['admin', 'ann'], 'Nothing is changed.\r\n'],
      ['y\r', ['admin'], 'imported: 1 clients'],
    ])('shows what would change and asks; %j is taken at its word', async (typed, left, shown) => {
      const document = await exported();
      const file = await write('fewer.json', { ...document, clients: document.clients.slice(0, 1) });
      const { code, screen } = await onTerminal(
        ['import', '--url', realm.url, file],
        [[`Replace by this what \`${realm.url}\` holds? [y/N] `, typed]],
        ENV,
      );
      expect(code).toBe(0);
      expect(screen).toContain('clients: 0 created, 0 changed, 1 deleted\r\n  - ann\r\n');
      expect(screen).toContain(shown);
      expect(await usernames()).toEqual(left);
    });

    it('imports nothing where something was changed after what was shown', async () => {
      const file = await write('empty.json', { clients: [], groups: [], roles: [], defaultACLAccess: {} });
      const { code, screen } = await onTerminal(
        ['import', '--url', realm.url, file],
        [
          [
            '[y/N] ',
            async () => {
              await realm.dynsec('createRole', 'new');
              return 'yes\r';
            },
          ],
        ],
        ENV,
      );
      expect([code, screen.split('\r\n').at(-2)]).toEqual([
        1,
        'gatehouse: something was changed in the meantime: nothing is imported',
      ]);
      expect(await usernames()).toEqual(['admin', 'ann']);
    });

    it('does not ask where nothing would change', async () => {
      const file = await write('same.json', (await realm.run('export', ['--hashes'])).stdout);
      const { code, screen } = await onTerminal(['import', '--url', realm.url, file], [], ENV);
      expect([code, screen]).toEqual([0, 'nothing would change\r\n']);
    });

    it('shows how far a long one is, on one line that is empty in the end', async () => {
      const file = await write('big.json', manyClients());
      const { code, screen } = await onTerminal(['import', '--url', realm.url, '--yes', file], [], ENV);
      expect(code).toBe(0);
      const [nothing, ...lines] = screen.split('\r\u001b[K');
      expect(nothing).toBe('');
      expect(lines[0]).toMatch(/^sent: \d+\.\d of \d+\.\d MB \(\d+ %\)$/);
      expect(lines.join('\n')).toContain(' (100 %)\nthe service is at work');
      expect(lines.at(-1)).toMatch(/^imported: 30001 clients, 0 groups, 1 roles, revision \S+\r\n$/);
    });

    it('shows nothing of it elsewhere', async () => {
      const file = await write('big.json', manyClients());
      const { code, stdout, stderr } = await realm.run('import', ['--yes', file]);
      expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^imported: .*\n$/)]);
    });
  });
});

/** More than what is done before anybody could look. */
function manyClients(): object {
  const clients = Array.from({ length: MANY }, (_, i) => ({
    username: `device-${String(i).padStart(6, '0')}`,
    roles: [{ rolename: 'jail' }],
  }));
  const jail = { acltype: 'publishClientSend', topic: '%u/#', allow: true, priority: 0 };
  return {
    defaultACLAccess: {},
    clients: [...clients, { username: 'z', textname: 'the last' }],
    groups: [],
    roles: [{ rolename: 'jail', acls: [jail] }],
  };
}

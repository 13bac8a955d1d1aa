import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { runInside } from '../support/cli/command-line.js';
import { commandEnvironment, gatehouseCommand, runGatehouse } from '../support/cli/run-gatehouse.js';
import { ADMIN, ADMIN_TOKEN, ServedRealm } from '../support/cli/served-realm.js';

const TIMEOUT_MS = 60_000;

describe('gatehouse dynsec', () => {
  let realm: ServedRealm;

  beforeAll(async () => {
    realm = await ServedRealm.start();
  });
  afterAll(() => realm.stop());

  describe('as a process', () => {
    it('prints what was asked for and ends with 0', async () => {
      await realm.dynsec('createGroup', 'shown');
      expect(await realm.run('dynsec', ['getGroup', 'shown'])).toEqual({
        code: 0,
        stdout: 'Groupname: shown\n',
        stderr: '',
      });
    });

    it('ends with 1 where a command fails, and names what failed in words of dynsec', async () => {
      expect(await realm.run('dynsec', ['addGroupClient', 'nowhere', 'nobody', '5'])).toEqual({
        code: 1,
        stdout: '',
        stderr: 'addGroupClient nowhere nobody: Error: Client not found\n',
      });
    });

    it('ends with 2 where there is no such command, and says where the commands are', async () => {
      const { code, stdout, stderr } = await realm.run('dynsec', ['creatClient', 'x']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/unknown command 'creatClient'\n\(Did you mean createClient\?\)\n.*help/);
    });

    it('ends with 2 and lists its commands where none is named', async () => {
      const { code, stdout, stderr } = await runGatehouse(['dynsec']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('  addRoleACL <rolename> <acltype> <topicFilter> <allow|deny> [priority]');
    });

    it.each([['help'], ['--help']])('lists its commands on request, by %s', async (word) => {
      const { code, stdout, stderr } = await runGatehouse(['dynsec', word]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('  setClientPassword <username> [password] ');
    });

    it('prints the raw reply with --json, escaped for terminals, and fails all the same for an error', async () => {
      await realm.dynsec('createRole', 'raw', '--textname', 'red \u009b31m');
      expect(await realm.run('dynsec', ['getRole', 'raw', '--json'])).toEqual({
        code: 0,
        stdout:
          '{"responses":[{"command":"getRole","data":{"role":{"rolename":"raw","textname":"red \\u009b31m",' +
          '"allowwildcardsubs":true,"acls":[]}}}]}\n',
        stderr: '',
      });
      expect(await realm.run('dynsec', ['--json', 'getRole', 'none'])).toEqual({
        code: 1,
        stdout: '{"responses":[{"command":"getRole","error":"Role not found"}]}\n',
        stderr: 'getRole none: Error: Role not found\n',
      });
    });

    it('takes a new password from standard input where it is no terminal', async () => {
      const created = await realm.run('dynsec', ['createClient', 'piped'], {
        input: 'secret of piped\r\nrest',
      });
      expect(created).toEqual({ code: 0, stdout: '', stderr: '' });
      // Who logs in and may not administer is told so; who does not get in is told something else.
      const login = await realm.run('dynsec', ['-u', 'piped', '-P', 'secret of piped', 'listRoles']);
      expect([login.code, login.stderr]).toEqual([1, expect.stringContaining('this client may not publish')]);
    });

    it('takes both passwords from standard input, a line each', async () => {
      await realm.dynsec('createClient', 'twice', '--no-password');
      const input = `${ADMIN.password}\nsecret of twice\n`;
      const set = await realm.run('dynsec', ['-u', ADMIN.username, 'setClientPassword', 'twice'], { input });
      expect(set).toEqual({ code: 0, stdout: '', stderr: '' });
      const login = await realm.run('dynsec', ['-u', 'twice', '-P', 'secret of twice', 'listRoles']);
      expect(login.stderr).toContain('this client may not publish');
    });

    it('creates a client without password where there is none to read', async () => {
      expect(await realm.run('dynsec', ['createClient', 'without'])).toMatchObject({ code: 0 });
      expect(await realm.run('dynsec', ['setClientPassword', 'without'])).toEqual({
        code: 1,
        stdout: '',
        stderr: 'setClientPassword without: Error: Empty password is not allowed\n',
      });
    });

    it('does not repeat a password where it names what failed', async () => {
      const { stderr } = await realm.run('dynsec', ['setClientPassword', 'nobody', 'secret']);
      expect(stderr).toBe('setClientPassword nobody: Error: Client not found\n');
    });

    it('says in one line that a service is not there', async () => {
      const server = createServer();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      expect(await runGatehouse(['dynsec', '--url', `http://127.0.0.1:${port}`, 'listClients'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `gatehouse: \`http://127.0.0.1:${port}\` does not answer: connection refused\n`,
      });
    });

    it('says in one line that something else answers', async () => {
      const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n'));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      try {
        const { code, stderr } = await runGatehouse(['dynsec', '--url', url, 'listClients']);
        expect([code, stderr]).toEqual([
          1,
          `gatehouse: \`${url}\` answers with something that is no JSON: is it a gatehouse?\n`,
        ]);
      } finally {
        server.close();
      }
    });

    it.each([
      [['listClients'], ''],
      [['deleteClient', 'x'], '; whether it was done is not known'],
    ])('says what it knows where a service is gone before it answers %j', async (args, unknown) => {
      const server = createServer((socket) => socket.once('data', () => socket.destroy()));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      try {
        const { code, stderr } = await runInside(['dynsec', '--url', url, ...args], ADMIN_TOKEN);
        expect([code, stderr]).toEqual([
          1,
          `\`${url}\` does not answer: it closed the connection${unknown}\n`,
        ]);
      } finally {
        server.close();
      }
    });

    it('says how to log in where nobody does', async () => {
      const { code, stderr } = await runGatehouse(['dynsec', '--url', realm.url, 'listClients']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/refuses: authorization: .*; give -u, or set GATEHOUSE_ADMIN_TOKEN\n$/);
    });

    it('ends quietly where nobody reads on', async () => {
      const [program, ...args] = gatehouseCommand(['dynsec', '--url', realm.url, 'listClients']);
      const env = commandEnvironment({ GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN });
      const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      expect([await once(child, 'close'), stderr]).toEqual([[0, null], '']);
    });
  });

  describe('an options file', () => {
    const write = async (name: string, text: string, mode = 0o600): Promise<string> => {
      await writeFile(realm.at(name), text, { mode });
      await chmod(realm.at(name), mode);
      return realm.at(name);
    };

    it('names the service and who asks, a line each', async () => {
      const text = `# as mosquitto_ctrl has it\n--url ${realm.url}\n\n-u admin\r\n  -P   ${ADMIN.password}  \n`;
      const file = await write('options', text);
      const { code, stdout } = await runGatehouse(['dynsec', '-o', file, 'listClients', '1']);
      expect([code, stdout]).toEqual([0, 'admin\n']);
    });

    it('is looked for in the home, and the command line wins over it', async () => {
      await write('gatehouse', `--url http://127.0.0.1:1\n-u admin\n-P ${ADMIN.password}\n`);
      const args = ['dynsec', 'listClients', '1', '--url', realm.url];
      const { code, stdout } = await runGatehouse(args, { env: { XDG_CONFIG_HOME: realm.folder } });
      expect([code, stdout]).toEqual([0, 'admin\n']);
    });

    it('is a reason to warn where it holds a password that others can read', async () => {
      const file = await write('open', `--url ${realm.url}\n-u admin\n-P ${ADMIN.password}\n`, 0o644);
      const { code, stderr } = await runGatehouse(['dynsec', '-o', file, 'listRoles']);
      expect([code, stderr]).toEqual([
        0,
        `gatehouse: \`${file}\` holds a password and can be read by others: chmod 600 it\n`,
      ]);
    });

    it.each([
      [
        '-h 127.0.0.1',
        'line 2: `-h` is none of --url, -u --username, -P --pw, --ca, --cafile, --cert, --key',
      ],
      ['--url', 'line 2: `--url` has no value'],
    ])('is refused with the line that holds %s', async (line, problem) => {
      const file = await write('wrong', `# x\n${line}\n`);
      const { code, stderr } = await runGatehouse(['dynsec', '-o', file, 'listRoles']);
      expect([code, stderr]).toEqual([2, `gatehouse: options file \`${file}\`, ${problem}\n`]);
    });

    it('has to be there where it is named', async () => {
      const { code, stderr } = await runGatehouse(['dynsec', '-o', realm.at('none'), 'listRoles']);
      expect([code, stderr]).toEqual([
        2,
        `gatehouse: options file \`${realm.at('none')}\`: there is no such file\n`,
      ]);
    });
  });

  it.each([
    [['--url', 'mqtt://127.0.0.1'], 'is not the address of a service'],
    [['--url', 'http://a:b@127.0.0.1'], 'without credentials'],
    [['-P', 'secret'], '-P needs -u'],
    [['-u', 'a:b', '-P', 'c'], 'which HTTP Basic has no place for'],
    [['--cert', 'x'], '--cert and --key go together'],
    [['--ca', '/nonexistent'], '--ca: `/nonexistent`: there is no such file or folder'],
    [['-h', '127.0.0.1'], '`-h` names an MQTT broker; the service is named by --url'],
    [['-p', '1883'], '`-p` names an MQTT broker'],
    [['init'], '`gatehouse serve` writes the file where there is none'],
  ])('refuses %j', async (options, problem) => {
    const { code, stderr } = await runInside(['dynsec', ...options, 'listClients'], ADMIN_TOKEN);
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  });

  it(
    'shows and sets what Mosquitto does not have',
    async () => {
      await realm.dynsec(
        'createRole',
        'r1',
        '--allowwildcardsubs',
        'FALSE',
        '--textdescription',
        'no wildcards',
      );
      await realm.dynsec('createGroup', 'g1', '--textname', 'Group one', '--roles', 'r1:3');
      const extended = [
        '--attributes',
        'site=a=b',
        '--attributes',
        'floor=2',
        '--clientids',
        '%u-*',
        '--superuser',
      ];
      await realm.dynsec(
        'createClient',
        'ann',
        '--no-password',
        ...extended,
        '--roles',
        'r1',
        '--groups',
        'g1:-4',
      );
      expect(await realm.dynsec('getClient', 'ann')).toBe(
        [
          'Username:   ann',
          'Clientids:  %u-*',
          'Superuser:  true',
          'Attributes: site=a=b',
          '            floor=2',
          'Roles:      r1 (priority: -1)',
          'Groups:     g1 (priority: -4)',
          '',
        ].join('\n'),
      );
      expect(await realm.dynsec('getRole', 'r1')).toBe(
        'Rolename:          r1\nTextdescription:   no wildcards\nAllowwildcardsubs: false\n',
      );
      expect(await realm.dynsec('getGroup', 'g1')).toBe(
        'Groupname: g1\nTextname:  Group one\nRoles:     r1 (priority: 3)\nClients:   ann\n',
      );
    },
    TIMEOUT_MS,
  );

  it('changes and takes away what is there', async () => {
    await realm.dynsec('createRole', 'r2');
    await realm.dynsec('createClient', 'ben', '--no-password', '-i', 'ben-1', '--attributes', 'site=a');
    await realm.dynsec(
      'modifyClient',
      'ben',
      '--roles',
      'r2:1',
      '--no-attributes',
      '--no-clientid',
      '--superuser',
    );
    expect(await realm.dynsec('getClient', 'ben')).toBe(
      'Username:  ben\nClientid:\nSuperuser: true\nRoles:     r2 (priority: 1)\n',
    );
    await realm.dynsec(
      'modifyClient',
      'ben',
      '--no-superuser',
      '--no-roles',
      '--clientid',
      'ben-2',
      '--textname',
      '',
    );
    expect(await realm.dynsec('getClient', 'ben')).toBe('Username: ben\nClientid: ben-2\nTextname:\n');
    await realm.dynsec('createGroup', 'g2');
    await realm.dynsec('modifyGroup', 'g2', '--clients', 'ben:2');
    expect(await realm.dynsec('getClient', 'ben')).toContain('Groups:   g2 (priority: 2)\n');
    await realm.dynsec('modifyGroup', 'g2', '--no-clients', '--roles', 'r2');
    expect(await realm.dynsec('getGroup', 'g2')).toBe('Groupname: g2\nRoles:     r2 (priority: -1)\n');
    await realm.dynsec('modifyRole', 'r2', '--allowwildcardsubs', 'false');
    expect(await realm.dynsec('getRole', 'r2')).toBe('Rolename:          r2\nAllowwildcardsubs: false\n');
    await realm.dynsec('setAnonymousGroup', 'g2');
    await realm.dynsec('unsetAnonymousGroup');
    expect(await realm.dynsec('getAnonymousGroup')).toBe('\n');
  });

  it.each(['modifyClient', 'modifyGroup', 'modifyRole'])(
    'refuses %s that changes nothing',
    async (command) => {
      const { code, stderr } = await realm.runInside('dynsec', [command, 'x']);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`${command} without a flag changes nothing`),
      ]);
    },
  );

  it('counts', async () => {
    const lines = (await realm.dynsec('getDetails')).split('\n').map((line) => line.replace(/ +\d+$/, ''));
    expect(lines).toEqual(['Clients:', 'Groups:', 'Roles:', 'Changes:', '']);
  });

  it('escapes what terminals would act upon, wherever it stands', async () => {
    const names = { 'right\u202eleft': 'right\\u202eleft', 'new\u2028line': 'new\\u2028line' };
    for (const [name, shown] of Object.entries(names)) {
      await realm.dynsec('createRole', name, '--textname', 'a\nb\u001b[1m');
      await realm.dynsec('addRoleACL', name, 'subscribePattern', 'x\u202ey', 'allow');
      expect(await realm.dynsec('getRole', name)).toBe(
        `Rolename: ${shown}\nTextname: a\\u000ab\\u001b[1m\nACLs:     subscribePattern     : allow : x\\u202ey (priority: 0)\n`,
      );
    }
    expect(await realm.dynsec('listRoles')).toContain('\nright\\u202eleft\n');
    const { stderr } = await realm.run('dynsec', ['createRole', 'right\u202eleft']);
    expect(stderr).toBe('createRole right\\u202eleft: Error: Role already exists\n');
  });

  it('lists everything about each with --verbose', async () => {
    expect(await realm.dynsec('listGroups', '1', '--verbose')).toMatch(/^Groupname: g1\n.*\n/);
    expect(await realm.dynsec('listRoles', '-v')).toContain('\n\nRolename:');
  });

  it('takes names that begin with a dash after two of them, and passwords that do as the value of a flag', async () => {
    await realm.dynsec('createClient', '-p', '--json', '--', '--dash');
    expect(await realm.dynsec('getClient', '--', '--dash')).toBe('Username: --dash\nClientid:\n');
    const { stderr } = await realm.runInside('dynsec', ['-u', '--dash', '-P', '--json', 'listRoles']);
    expect(stderr).toContain('this client may not publish');
  });
});

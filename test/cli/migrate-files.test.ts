import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import { CommandFolder } from '../support/command-folder.js';
import { decideByDocument } from '../support/decide-by.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';

const HASH = `$7$101$${Buffer.alloc(12).toString('base64')}$${Buffer.alloc(64).toString('base64')}`;
/** The hash of `s3cret` that the Go library of mosquitto-go-auth makes. */
const GO_HASH = 'PBKDF2$sha512$1000$ASZLcJW63wQpTnOYveIHLA==$alvsL92o+s1JIhjcSKA1ENcld+6dMfODmO3AARSzgbc=';

const ACL = `topic read news/#

user alice
topic readwrite home/alice/#
user bob
topic readwrite home/bob/#

pattern write up/%u/%c
`;

describe('gatehouse migrate, from files', () => {
  let folder: CommandFolder;
  beforeEach(() => {
    folder = new CommandFolder();
    folder.write('pw', `alice:${HASH}\nbob:${HASH}\n`);
    folder.write('acl', ACL);
  });
  afterEach(() => folder.remove());

  const migrate = (...args: readonly string[]) => folder.run(['migrate', ...args]);
  const mosquitto = (...args: readonly string[]) =>
    migrate('mosquitto', '--password-file', 'pw', '--acl-file', 'acl', ...args);

  it('prints the document, and beside it what is to be known', async () => {
    const { code, stdout, stderr } = await mosquitto();
    expect(code).toBe(0);
    const { configuration, findings } = parseConfiguration(JSON.parse(stdout));
    expect(findings).toEqual([]);
    expect([...(configuration?.roles.keys() ?? [])]).toEqual(['anonymous', 'every-client', 'own-topics']);
    expect(stderr).toMatch(/^to be known:\n {2}Mosquitto lets everybody subscribe/);
    expect(stderr).toMatch(/^ {2}acl:1: topics before the first user line/m);
    expect(stderr).toMatch(/\nmade 2 clients, 3 roles, 2 groups; everything was carried over\n$/);
  });

  it('ends with 2 and tells file and line where something was not carried over', async () => {
    folder.write('acl', `${ACL}pattern read %u-%c\n`);
    const { code, stdout, stderr } = await mosquitto();
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^not carried over:\n {2}acl:9: not granted: the level `%u-%c` holds more than one variable\nto be known:\n/,
    );
    expect(stderr).toMatch(/\nmade 2 clients, 3 roles, 2 groups; not carried over: 1 of what was found\n$/);
    expect(parseConfiguration(JSON.parse(stdout)).findings).toEqual([]);
  });

  it('writes the document for its owner alone, and the report where it is wanted', async () => {
    const { code, stdout, stderr } = await mosquitto('--output', 'out.json', '--report', 'report');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'made 2 clients, 3 roles, 2 groups; everything was carried over\n',
    });
    expect(statSync(folder.at('out.json')).mode & 0o777).toBe(0o600);
    expect(folder.read('out.json')).toBe((await mosquitto()).stdout);
    expect(folder.read('report')).toMatch(/^to be known:\n {2}Mosquitto lets/);
    expect(readdirSync(folder.path).sort()).toEqual(['acl', 'out.json', 'pw', 'report']);
  });

  it.each(['--output', '--report'])('writes over nothing by %s unless it is told to', async (flag) => {
    folder.write('there', 'precious');
    expect(await mosquitto(flag, 'there')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'gatehouse: `there` is there already: --force writes over it\n',
    });
    expect(folder.read('there')).toBe('precious');
    expect(await mosquitto(flag, 'there', '--force')).toMatchObject({ code: 0 });
    expect(folder.read('there')).not.toContain('precious');
    expect(readdirSync(folder.path).sort()).toEqual(['acl', 'pw', 'there']);
  });

  it('fails with 1 for what cannot be read, written or understood', async () => {
    expect(await migrate('mosquitto', '--acl-file', 'missing')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'gatehouse: `missing`: there is no such file or folder\n',
    });
    expect(await mosquitto('--output', 'no/such/folder')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'gatehouse: `no/such/folder` is not written: there is no such file or folder\n',
    });
    expect(await migrate('mosquitto')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'gatehouse: there is nothing to migrate: give --password-file, --acl-file or both\n',
    });
    expect(await migrate('mosquitto', '--nonsense')).toMatchObject({ code: 1, stdout: '' });
    expect(await migrate()).toMatchObject({ code: 1, stdout: '' });
  });

  it('shows no name that acts upon the terminal', async () => {
    folder.write('acl', 'user \u001b[2Jx\ntopic a\nuser \u202ex\ntopic read %u\n');
    const { code, stderr } = await migrate('mosquitto', '--acl-file', 'acl');
    expect(code).toBe(2);
    const actsUpon = (text: string): boolean => text.includes('\u001b') || text.includes('\u202e');
    expect(actsUpon(stderr)).toBe(false);
    const terminal = await folder.runOnTerminal(['migrate', 'mosquitto', '--acl-file', 'acl']);
    expect(actsUpon(terminal.stdout)).toBe(false);
    expect(terminal.stdout).toContain('\\u202ex');
  });

  it('ends quietly where nobody reads on', async () => {
    const users = Array.from({ length: 5_000 }, (_, i) => `user${String(i)}:${HASH}\n`);
    folder.write('pw', users.join(''));
    const { code } = await folder.runInShell(
      'gatehouse migrate mosquitto --password-file pw | head -c 1 > /dev/null',
    );
    expect(code).toBe(0);
  });

  it('takes the files of mosquitto-go-auth, and what comes of them serves', async () => {
    folder.write('go-pw', `alice:${GO_HASH}\n`);
    folder.write('go-acl', 'user alice\ntopic subscribe inbox/#\npattern write up/%u\n');
    const args = ['--password-file', 'go-pw', '--acl-file', 'go-acl', '--output', 'out.json'];
    const { code, stderr } = await migrate('go-auth-files', ...args);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('PBKDF2 as mosquitto-go-auth writes it (1)'),
    });
    const decide = decideByDocument(folder.read('out.json'));
    const alice = { username: 'alice', clientid: 'c' };
    expect(decide({ ...alice, access: 'publishClientSend', topic: 'up/alice' })).toBe(true);
    expect(decide({ ...alice, access: 'publishClientSend', topic: 'up/bob' })).toBe(false);
    expect(decide({ ...alice, access: 'subscribe', topic: 'inbox/#' })).toBe(true);
    const gatehouse = await startGatehouse({ file: folder.at('out.json') });
    try {
      const login = async (password: string): Promise<number> => {
        const body = JSON.stringify({ username: 'alice', password, clientid: 'c' });
        const headers = { 'Content-Type': 'application/json' };
        return (await fetch(`${gatehouse.url}/auth/user`, { method: 'POST', headers, body })).status;
      };
      expect([await login('secret'), await login('Secret')]).toEqual([200, 403]);
    } finally {
      await gatehouse.stop();
    }
  });

  it('carries a file of mosquitto_passwd over into a service that lets its users in', async () => {
    for (const args of [
      ['-c', '-b', 'real', 'alice', 'of alice'],
      ['-b', 'real', 'bob', 'of bob'],
    ]) {
      expect(spawnSync('mosquitto_passwd', args, { cwd: folder.path }).status).toBe(0);
    }
    await migrate('mosquitto', '--password-file', 'real', '--acl-file', 'acl', '--output', 'out.json');
    const gatehouse = await startGatehouse({ file: folder.at('out.json') });
    try {
      const ask = async (path: string, body: object): Promise<number> => {
        const headers = { 'Content-Type': 'application/json' };
        const request = { method: 'POST', headers, body: JSON.stringify(body) };
        return (await fetch(`${gatehouse.url}/auth/${path}`, request)).status;
      };
      const bob = { username: 'bob', clientid: 'c1' };
      expect(await ask('user', { ...bob, password: 'of bob' })).toBe(200);
      expect(await ask('user', { ...bob, password: 'of alice' })).toBe(403);
      expect(await ask('acl', { ...bob, topic: 'home/bob/x', acc: 2 })).toBe(200);
      expect(await ask('acl', { ...bob, topic: 'home/alice/x', acc: 2 })).toBe(403);
      expect(await ask('acl', { ...bob, topic: 'up/bob/c1', acc: 2 })).toBe(200);
      expect(await ask('acl', { ...bob, topic: '#', acc: 4 })).toBe(200);
    } finally {
      await gatehouse.stop();
    }
  });
});

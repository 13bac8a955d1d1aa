import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { CommandResult } from '../support/cli/run-gatehouse.js';
import { runGatehouse } from '../support/cli/run-gatehouse.js';
import { ADMIN, ADMIN_TOKEN, ServedRealm } from '../support/cli/served-realm.js';

describe('gatehouse templates', () => {
  it('lists the templates, a line each', async () => {
    const { code, stdout, stderr } = await runGatehouse(['templates', 'list']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'bridge              A bridge from another broker',
      'group-shared        A subtree for each group, shared by its members',
      'home-assistant      A device that Home Assistant discovers',
    ]);
    expect(stdout).toMatch(/^sparkplug-node {6}A Sparkplug B edge node/m);
  });

  it('shows what a template makes, and with which parameters', async () => {
    const { code, stdout, stderr } = await runGatehouse(['templates', 'show', 'jailed-device']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      'jailed-device: A subtree for each device, by client id\n\nEach device publishes',
    );
    expect(stdout).toContain(
      'Parameters:\n  prefix=devices\n      where the subtrees begin; one level or several\n',
    );
    expect(stdout).toContain(
      'ACLs:\n  allow publishClientSend `${prefix}/%c/${telemetry}/#`, priority 0\n  allow publishClientReceive',
    );
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(110);
  });

  it('lists and shows in JSON', async () => {
    const list = await runGatehouse(['templates', 'list', '--json']);
    expect(JSON.parse(list.stdout).templates[0]).toEqual({
      name: 'bridge',
      title: 'A bridge from another broker',
    });
    const shown = await runGatehouse(['templates', 'show', 'jailed-user', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      name: 'jailed-user',
      parameters: { prefix: { type: 'prefix', default: 'users', allows: [] } },
      acls: [{ topic: '${prefix}/%u/#' }, {}, {}, {}],
    });
  });

  it('prints the commands of a dry run, for which no service is needed', async () => {
    const args = ['templates', 'apply', 'jailed-user', '--dry-run', '--role', 'mine'];
    const { code, stdout, stderr } = await runGatehouse([...args, '--set', 'prefix=people/here']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      commands: [
        {
          command: 'createRole',
          rolename: 'mine',
          textname: 'A subtree for each user',
          textdescription: 'made by template jailed-user with prefix=people/here',
          allowwildcardsubs: true,
          acls: ['publishClientSend', 'publishClientReceive', 'subscribePattern', 'unsubscribePattern'].map(
            (acltype) => ({ acltype, topic: 'people/here/%u/#', priority: 0, allow: true }),
          ),
        },
      ],
    });
  });

  it('takes several values after one --set, and after several', async () => {
    const one = await dryRun('--set', 'prefix=a', 'command=c', 'telemetry=t');
    const several = await dryRun('--set', 'prefix=a', '--set', 'command=c', '--set', 'telemetry=t');
    expect(one.stdout).toContain('"topic": "a/%c/t/#"');
    expect(several).toEqual(one);
  });

  it.each([
    ['a value that the template does not take', ['--set', 'prefix=a/#'], 'prefix: `a/#` holds a wildcard'],
    [
      'a parameter that there is none of',
      ['--set', 'prfix=a'],
      'prfix: template `jailed-device` has no such',
    ],
    ['a setting without a value', ['--set', 'prefix'], '`prefix` is not parameter=value'],
    ['a setting without a name', ['--set', '=a'], '`=a` is not parameter=value'],
    ['a parameter twice', ['--set', 'prefix=a', 'prefix=b'], '`prefix` is there twice'],
    ['a value with control characters', ['--set', 'prefix=\u001b[31m'], '`\\u001b[31m` holds a character'],
  ])('ends with 2 for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await dryRun(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^gatehouse: --set: /);
    expect(stderr).toContain(message);
  });

  it.each([['show'], ['apply']])('ends with 2 where there is nothing of that name to %s', async (command) => {
    const { code, stdout, stderr } = await runGatehouse(['templates', command, '../jailed-user']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^gatehouse: there is no template `\.\.\/jailed-user`, but bridge, .*sparkplug-node\n$/,
    );
  });

  it('ends with 1 where there is no service', async () => {
    const { code, stderr } = await runGatehouse([
      ...['templates', 'apply', 'bridge', '--url', 'http://127.0.0.1:1'],
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('`http://127.0.0.1:1` does not answer')]);
  });

  it('finds its templates in a package that is installed elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-package-'));
    try {
      const { files } = JSON.parse(readFileSync('package.json', 'utf8'));
      for (const name of ['package.json', ...files]) {
        cpSync(name, join(folder, 'package', name), { recursive: true });
      }
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      const bin = join(folder, 'package/bin/gatehouse.mjs');
      const { stdout, stderr } = spawnSync(process.execPath, [bin, 'templates', 'list'], {
        ...{ cwd: folder, encoding: 'utf8' },
      });
      expect([stderr, stdout.split('\n').length]).toEqual(['', 10]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('apply', () => {
    let realm: ServedRealm;

    beforeEach(async () => {
      realm = await ServedRealm.start();
    });
    afterEach(() => realm.stop());

    const apply = (...args: readonly string[]): Promise<CommandResult> =>
      runGatehouse(['templates', 'apply', 'shared-subscriber', '--url', realm.url, ...args], {
        env: { GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN },
      });

    const aclLines = (share: string): string =>
      [
        '  allow publishClientReceive `jobs/#`, priority 0\n',
        `  allow subscribePattern \`$share/${share}/jobs/#\`, priority 0\n`,
        `  allow unsubscribePattern \`$share/${share}/jobs/#\`, priority 0\n`,
      ].join('');

    it('says what it will do, and makes a role that dynsec shows', async () => {
      expect(await apply('--wait')).toEqual({
        code: 0,
        stdout: `role \`shared-subscriber\` is to be created:\n${aclLines('workers')}created\n`,
        stderr: '',
      });
      expect(await realm.dynsec('getRole', 'shared-subscriber')).toBe(
        [
          'Rolename:        shared-subscriber',
          'Textname:        A worker of a shared subscription',
          'Textdescription: made by template shared-subscriber with share=workers, filter=jobs/#',
          'ACLs:            publishClientReceive : allow : jobs/# (priority: 0)',
          '                 subscribePattern     : allow : $share/workers/jobs/# (priority: 0)',
          '                 unsubscribePattern   : allow : $share/workers/jobs/# (priority: 0)',
          '',
        ].join('\n'),
      );
    });

    it('leaves a role that is there alone, unless it is told to replace it', async () => {
      await apply();
      const again = await apply('--set', 'share=others');
      expect([again.code, again.stderr]).toEqual([
        1,
        `gatehouse: \`${realm.url}\`: role \`shared-subscriber\`: Role already exists; ` +
          '--replace takes its place, --role is another name\n',
      ]);
      expect(await realm.dynsec('getRole', 'shared-subscriber')).toContain('$share/workers/');
      expect(await apply('--set', 'share=others', '--replace')).toEqual({
        code: 0,
        stdout: `role \`shared-subscriber\` is to be replaced by:\n${aclLines('others')}replaced\n`,
        stderr: '',
      });
      const role = await realm.dynsec('getRole', 'shared-subscriber');
      expect(role).toContain('$share/others/');
      expect(role).not.toContain('$share/workers/');
    });

    it('creates what is to replace nothing, and tells in a dry run which it would be', async () => {
      const command = async (): Promise<string> =>
        JSON.parse((await apply('--replace', '--dry-run')).stdout).commands[0].command;
      expect(await command()).toBe('createRole');
      expect((await apply('--replace')).stdout).toMatch(/created\n$/);
      expect(await command()).toBe('modifyRole');
    });

    it('prints the reply of the service with --json, and fails all the same for an error', async () => {
      const { code, stdout, stderr } = await apply('--json', '--role', 'other name');
      expect([code, stdout, stderr]).toEqual([0, '{"responses":[{"command":"createRole"}]}\n', '']);
      const again = await apply('--json', '--role', 'other name');
      expect([again.code, again.stdout]).toEqual([
        1,
        '{"responses":[{"command":"createRole","error":"Role already exists"}]}\n',
      ]);
    });

    it('speaks as a client of dynsec, too', async () => {
      const args = ['templates', 'apply', 'bridge', '--url', realm.url, '-u', ADMIN.username];
      expect((await runGatehouse([...args, '-P', ADMIN.password])).stdout).toMatch(/created\n$/);
      const refused = await runGatehouse([...args, '-P', 'wrong']);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('refuses: ')]);
    });

    it('has the errors of dynsec for names that cannot be', async () => {
      const { code, stderr } = await apply('--role', '');
      expect([code, stderr]).toEqual([1, `gatehouse: \`${realm.url}\`: role \`\`: Empty rolename\n`]);
    });
  });
});

const dryRun = (...args: readonly string[]): Promise<CommandResult> =>
  runGatehouse(['templates', 'apply', 'jailed-device', '--dry-run', ...args]);

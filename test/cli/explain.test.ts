import { CommandFolder } from '../support/command-folder.js';

const POLICY = {
  defaultACLAccess: { publishClientReceive: true },
  roles: [
    {
      rolename: 'jail',
      acls: [
        { acltype: 'publishClientSend', topic: 'up/%u/secret', allow: false, priority: 5 },
        { acltype: 'publishClientSend', topic: 'up/%u/#', allow: true },
      ],
    },
    {
      rolename: 'shared',
      allowwildcardsubs: false,
      acls: [{ acltype: 'publishClientSend', topic: 'g/%{group}', allow: true }],
    },
    {
      rolename: 'many',
      acls: Array.from({ length: 30 }, (_, i) => ({
        acltype: 'publishClientSend',
        topic: `m/${i}`,
        allow: true,
      })),
    },
    { rolename: '\u001b[2J\u202e', acls: [{ acltype: 'publishClientSend', topic: 'a\u0007b', allow: true }] },
  ],
  clients: [
    { username: 'jane', clientid: 'j1', roles: [{ rolename: 'jail' }] },
    { username: 'many', roles: [{ rolename: 'many' }] },
    { username: 'odd', roles: [{ rolename: '\u001b[2J\u202e' }] },
  ],
  groups: [
    { groupname: 'g1', roles: [{ rolename: 'shared', priority: 3 }], clients: [{ username: 'jane' }] },
  ],
  anonymousGroup: 'g1',
};

describe('gatehouse explain', () => {
  let folder: CommandFolder;

  beforeAll(() => {
    folder = new CommandFolder();
    folder.write('dynamic-security.json', POLICY);
  });
  afterAll(() => folder.remove());

  const explain = (...args: readonly string[]) => folder.run(['explain', ...args]);

  it('says what is allowed, by which rule, and ends with 0', async () => {
    expect(await explain('jane', 'publish', 'up/jane/temp', '--clientid', 'j1')).toEqual({
      code: 0,
      stdout: [
        'ALLOWED `jane` with client id `j1` may publish to `up/jane/temp`',
        'because: a rule allows it (allowed_by_acl)',
        '  1. role `jail` of the client, priority -1: allow, the rule applies',
        '       deny publishClientSend `up/%u/secret` = `up/jane/secret`, priority 5: level 3: `temp` is not `secret`',
        '     > allow publishClientSend `up/%u/#` = `up/jane/#`, priority 0: the rule applies',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it('says what is denied, with everything that was looked at, and ends with 2', async () => {
    const { code, stdout } = await explain('jane', 'publish', 'up/bob', '--clientid', 'j1');
    expect(code).toBe(2);
    expect(stdout.split('\n')).toEqual([
      'DENIED `jane` with client id `j1` may not publish to `up/bob`',
      'because: no rule applies, and the default access denies it (no_match)',
      '  1. role `jail` of the client, priority -1: no rule applies',
      '       deny publishClientSend `up/%u/secret` = `up/jane/secret`, priority 5: level 2: `bob` is not `jane`',
      '       allow publishClientSend `up/%u/#` = `up/jane/#`, priority 0: level 2: `bob` is not `jane`',
      '  2. role `shared` of its group `g1`, priority 3: no rule applies',
      '       allow publishClientSend `g/%{group}` = `g/g1`, priority 0: level 1: `up` is not `g`',
      '  then: default access publishClientSend: deny',
      '',
    ]);
  });

  it.each([
    [['jane', 'publish', 'up/jane/secret', '--clientid', 'j1'], 2, 'denied_by_acl'],
    [['jane', 'receive', 'news', '--clientid', 'j1'], 0, 'allowed_by_default'],
    [['jane', 'subscribe', '#', '--clientid', 'j1'], 2, 'wildcard_subscription'],
    [['jane', 'unsubscribe', 'a', '--clientid', 'j1'], 2, 'no_match'],
    [['jane', 'publish', 'up/jane/temp'], 2, 'clientid_mismatch'],
    [['jane', 'publish', 'a/+', '--clientid', 'j1'], 2, 'invalid_topic'],
    [['nobody', 'publish', 'a'], 2, 'unknown_client'],
    [['', 'publish', 'g/g1'], 2, 'anonymous_not_allowed'],
    [['', 'publish', 'g/g1', '--allow-anonymous'], 0, 'allowed_by_acl'],
    [
      ['jane', 'subscribe', '$share/g/a', '--clientid', 'j1', '--shared-subscriptions', 'filter'],
      2,
      'no_match',
    ],
  ])('decides as the service would: %j', async (args, code, reason) => {
    const result = await explain(...args);
    expect(result).toMatchObject({ code, stderr: '' });
    expect(result.stdout).toContain(`(${reason})`);
  });

  it('shows which text of a shared subscription a role was asked about', async () => {
    const args = ['jane', 'subscribe', '$share/g/a', '--clientid', 'j1', '--shared-subscriptions', 'filter'];
    const { stdout } = await explain(...args);
    expect(stdout).toContain('1. role `jail` of the client, priority -1: no rule applies');
    expect(stdout).toContain('3. role `jail` of the client, priority -1, asked about `a`: no rule applies');
  });

  it('takes file and settings from the environment, as serve does, and flags before them', async () => {
    folder.write('other.json', { ...POLICY, anonymousGroup: undefined });
    const env = { GATEHOUSE_DYNSEC_FILE: 'other.json', GATEHOUSE_ALLOW_ANONYMOUS: 'true' };
    const args = ['explain', '', 'publish', 'g/g1'];
    expect((await folder.run(args, env)).stdout).toContain('(no_match)');
    const file = ['--file', 'dynamic-security.json'];
    expect((await folder.run([...args, ...file], env)).stdout).toContain('(allowed_by_acl)');
  });

  it('prints JSON with everything that is known', async () => {
    const { code, stdout } = await explain('jane', 'publish', 'g/g1', '--clientid', 'j1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      allowed: true,
      reason: 'allowed_by_acl',
      role: { path: 'group', rolename: 'shared', groupname: 'g1', priority: 3 },
      acl: { topic: 'g/%{group}', substituted: 'g/g1' },
      request: { username: 'jane', clientid: 'j1', topic: 'g/g1', access: 'publishClientSend' },
      trace: [{ rolename: 'jail' }, { rolename: 'shared' }],
    });
  });

  it('writes out the last twenty rules of a role, and counts the others', async () => {
    const { stdout } = await explain('many', 'publish', 'm/27');
    const lines = stdout.split('\n');
    expect(lines.slice(3, 5)).toEqual([
      '       8 more before these',
      '       allow publishClientSend `m/8`, priority 0: level 2: `27` is not `8`',
    ]);
    expect(lines.slice(-2)).toEqual([
      '     > allow publishClientSend `m/27`, priority 0: the rule applies',
      '',
    ]);
  });

  it.each([[[]], [['--json']]])('lets no name play with the terminal: %j', async (flags) => {
    const byRole = await explain('odd', 'publish', 'x', ...flags);
    const byTopic = await explain('nobody\u001b[31m', 'publish', '\u0007', ...flags);
    for (const { code, stdout } of [byRole, byTopic]) {
      expect(code).toBe(2);
      for (const character of ['\u001b', '\u0007', '\u202e']) expect(stdout).not.toContain(character);
    }
    for (const escaped of [String.raw`\u001b[2J\u202e`, String.raw`a\u0007b`]) {
      expect(byRole.stdout).toContain(escaped);
    }
    for (const escaped of [String.raw`nobody\u001b[31m`, String.raw`\u0007`]) {
      expect(byTopic.stdout).toContain(escaped);
    }
  });

  it('mentions that the document is not as it should be', async () => {
    folder.write('dangling.json', { ...POLICY, anonymousGroup: 'gone' });
    const { code, stderr } = await explain('nobody', 'publish', 'a', '--file', 'dangling.json');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'gatehouse: dangling.json is not as it should be, in 1 place: gatehouse lint dangling.json\n',
    );
  });

  it('is coloured on a terminal', async () => {
    const { code, stdout } = await folder.runOnTerminal(['explain', 'nobody', 'publish', 'a']);
    expect(code).toBe(2);
    expect(stdout).toBe(
      '\u001b[31mDENIED\u001b[39m `nobody` may not publish to `a`\n' +
        'because: there is no client of this name \u001b[2m(unknown_client)\u001b[22m\n',
    );
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('is not coloured with %j', async (env) => {
    const { stdout } = await folder.runOnTerminal(['explain', 'nobody', 'publish', 'a'], env);
    expect(stdout).toMatch(/^DENIED `nobody` may not publish to `a`\n/);
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    [['jane', 'write', 'a'], "'write' is invalid"],
    [['jane', 'publish'], "missing required argument 'topic'"],
    [['jane', 'publish', 'a', 'b'], 'too many arguments'],
    [['jane', 'publish', 'a', '--file', 'none.json'], 'none.json'],
    [['jane', 'publish', 'a', '--file', 'broken.json'], 'broken.json: line 2, column 1'],
    [['jane', 'publish', 'a', '--file', 'empty.json'], 'empty.json'],
    [['jane', 'publish', 'a', '--file', '.'], 'EISDIR'],
    [['jane', 'publish', 'a', '--shared-subscriptions', 'none'], '`none` is not one of `dynsec`, `filter`'],
    [['jane', 'publish', 'a', '-u', 'admin'], '--url is missing'],
    [['jane', 'publish', 'a', '--url', 'http://127.0.0.1:9', '--file', 'x'], 'leave --url out'],
    [
      ['jane', 'publish', 'a', '--url', 'localhost:9'],
      '--url: `localhost:9` is not the address of a service',
    ],
  ])('ends with 1 where it cannot answer: %j', async (args, problem) => {
    folder.write('broken.json', '{"clients": [\n');
    folder.write('empty.json', '');
    const { code, stdout, stderr } = await explain(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('its help is no failure', async () => {
    const { code, stdout } = await explain('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Exit code: 0 it may, 2 it may not, 1 the question could not be answered.');
  });
});

import { CommandFolder } from '../support/command-folder.js';
import { parseXml } from '../support/xml.js';

const POLICY = {
  roles: [
    {
      rolename: 'jail',
      acls: [
        { acltype: 'publishClientSend', topic: 'up/%u/#', allow: true },
        { acltype: 'subscribePattern', topic: 'down/%u/#', allow: true, priority: 2 },
      ],
    },
  ],
  clients: [{ username: 'jane', roles: [{ rolename: 'jail' }] }],
};

const GOOD = `cases:
  - { who: jane, what: publish, topic: [up/jane, up/jane/x], expect: allow, role: jail, rule: up/%u/# }
  - { who: jane, what: subscribe, topic: 'down/jane/#', expect: allow }
  - { who: jane, what: subscribe, topic: '#', expect: deny, reason: no_match }
`;

const BAD = `cases:
  - { who: jane, what: publish, topic: up/jane, expect: allow }
  - { name: no spying, who: jane, what: publish, topic: up/<bob>, expect: allow }
`;

describe('gatehouse verify', () => {
  let folder: CommandFolder;

  beforeAll(() => {
    folder = new CommandFolder();
    folder.write('policy.json', POLICY);
    folder.write('good.yaml', GOOD);
    folder.write('bad.yaml', BAD);
  });
  afterAll(() => folder.remove());

  const verify = (...args: readonly string[]) => folder.run(['verify', 'policy.json', ...args]);

  it('ends with 0 where all is as expected', async () => {
    const stdout = '4 of 4 checks as expected, 2 of 2 ACLs exercised\n';
    expect(await verify('good.yaml')).toEqual({ code: 0, stdout, stderr: '' });
    expect(await verify('good.yaml', '--require-coverage')).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('explains what is not as expected, names the ACLs that no case exercised, and ends with 2', async () => {
    expect(await verify('bad.yaml')).toEqual({
      code: 2,
      stdout: [
        'FAILED bad.yaml:3: no spying: `jane` publish `up/<bob>`: allow',
        '  expected allow, got deny',
        '  DENIED `jane` may not publish to `up/<bob>`',
        '  because: no rule applies, and the default access denies it (no_match)',
        '    1. role `jail` of the client, priority -1: no rule applies',
        '         allow publishClientSend `up/%u/#` = `up/jane/#`, priority 0: level 2: `<bob>` is not `jane`',
        '    then: default access publishClientSend: deny',
        '',
        'ACLs by which no case was decided:',
        '  role `jail`: allow subscribePattern `down/%u/#`, priority 2',
        '1 of 2 checks as expected, 1 of 2 ACLs exercised',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it('is not content with the right answer for another reason', async () => {
    folder.write(
      'by.yaml',
      'cases:\n  - { who: jane, what: publish, topic: up/jane, expect: allow, role: other }\n',
    );
    const { code, stdout } = await verify('by.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain('\n  expected role `other`, got `jail`\n');
  });

  it('ends with 2 for an ACL without a case where every one needs its own', async () => {
    folder.write('few.yaml', 'cases: [{ who: jane, what: publish, topic: up/jane, expect: allow }]\n');
    expect(await verify('few.yaml')).toMatchObject({ code: 0 });
    expect(await verify('few.yaml', '--require-coverage')).toMatchObject({ code: 2 });
  });

  it('decides by the settings of the table, not by those of the environment', async () => {
    folder.write(
      'anonymous.yaml',
      "cases: [{ who: '', what: publish, topic: a, expect: deny, reason: no_match }]\n",
    );
    const args = ['verify', 'policy.json', 'anonymous.yaml'];
    const env = { GATEHOUSE_ALLOW_ANONYMOUS: 'true' };
    expect((await folder.run(args, env)).stdout).toContain('got `anonymous_not_allowed`');
    folder.write('anonymous.yaml', `settings: { allow-anonymous: true }\n${folder.read('anonymous.yaml')}`);
    expect(await folder.run(args)).toMatchObject({ code: 0 });
  });

  it('writes a report for CI systems', async () => {
    expect(await verify('bad.yaml', '--junit', 'report.xml', '--require-coverage')).toMatchObject({
      code: 2,
    });
    const [suite] = parseXml(folder.read('report.xml')).children;
    expect(suite?.attributes).toMatchObject({ name: 'bad.yaml', tests: '3', failures: '2' });
    expect(
      suite?.children.map(({ attributes, children }) => [
        attributes['name'],
        attributes['line'],
        children.length,
      ]),
    ).toEqual([
      ['`jane` publish `up/jane`: allow', '2', 0],
      ['no spying: `jane` publish `up/<bob>`: allow', '3', 1],
      ['every ACL decides a case', '1', 1],
    ]);
    const failures = suite?.children.flatMap(({ children }) => children);
    expect(failures?.[0]).toMatchObject({ attributes: { message: 'expected allow, got deny' } });
    expect(failures?.[0]?.text).toContain('DENIED `jane` may not publish to `up/<bob>`\nbecause: ');
    expect(failures?.[1]?.text).toBe('role `jail`: allow subscribePattern `down/%u/#`, priority 2');
  });

  it('the report counts no coverage where none is asked for', async () => {
    await verify('good.yaml', '--junit', 'good.xml');
    const [suite] = parseXml(folder.read('good.xml')).children;
    expect(suite?.attributes).toMatchObject({ tests: '4', failures: '0' });
  });

  it('is coloured on a terminal', async () => {
    const { code, stdout } = await folder.runOnTerminal(['verify', 'policy.json', 'bad.yaml']);
    expect(code).toBe(2);
    expect(stdout.split(' bad.yaml:3: ')[0]).toBe('\u001b[31mFAILED\u001b[39m');
    expect((await folder.runOnTerminal(['verify', 'policy.json', 'good.yaml'])).stdout).toBe(
      '\u001b[32m4 of 4 checks as expected, 2 of 2 ACLs exercised\u001b[39m\n',
    );
  });

  it('lets no name play with the terminal', async () => {
    folder.write(
      'odd.yaml',
      String.raw`cases: [{ name: "\e[2J", who: "a\u202e", what: publish, topic: "\a", expect: allow }]`,
    );
    const { code, stdout } = await verify('odd.yaml', '--junit', 'odd.xml');
    expect(code).toBe(2);
    for (const text of [stdout, folder.read('odd.xml')]) {
      for (const character of ['\u001b', '\u0007', '\u202e']) expect(text).not.toContain(character);
      expect(text).toContain(String.raw`\u001b[2J`);
    }
  });

  it.each([
    [
      ['misspelt.yaml'],
      'misspelt.yaml:2: case 1: what: `"publsh"` is not one of publish, receive, subscribe, unsubscribe',
    ],
    [['notyaml.yaml'], 'notyaml.yaml:1: '],
    [['none.yaml'], 'none.yaml: there is no such file or folder'],
    [['good.yaml', '--junit', 'no/such/folder.xml'], 'no/such/folder.xml: there is no such file or folder'],
    [[], "missing required argument 'cases'"],
  ])('ends with 1 where it cannot look: %j', async (args, problem) => {
    folder.write('misspelt.yaml', 'cases:\n  - { who: a, what: publsh, topic: a, expect: deny }\n');
    folder.write('notyaml.yaml', 'cases: [');
    const { code, stderr } = await verify(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('ends with 1 where the policy cannot be taken', async () => {
    folder.write('list.json', '[]');
    const { code, stderr } = await folder.run(['verify', 'list.json', 'good.yaml']);
    expect(code).toBe(1);
    expect(stderr).toContain('list.json: / must be an object');
  });

  it('the table of its help is one that it takes', async () => {
    const { stdout } = await folder.run(['verify', '--help']);
    const table = /A table of cases:\n\n(.*?)\n\n/s.exec(stdout)?.[1];
    folder.write('help.yaml', table ?? '');
    expect((await verify('help.yaml')).stdout).toMatch(/^\d+ of 10 checks as expected/m);
  });
});

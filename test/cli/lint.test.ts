import { CommandFolder } from '../support/command-folder.js';

const acl = (topic: string, allow: boolean, priority = 0) => ({
  acltype: 'publishClientSend',
  topic,
  allow,
  priority,
});

const policyOf = (...acls: readonly object[]) => ({
  clients: [{ username: 'u', encoded_password: 'x', roles: [{ rolename: 'r' }] }],
  roles: [{ rolename: 'r', acls }],
});

describe('gatehouse lint', () => {
  let folder: CommandFolder;

  beforeAll(() => {
    folder = new CommandFolder();
    folder.write('good.json', policyOf(acl('a', true)));
    folder.write('warning.json', policyOf(acl('a/x-%c', true)));
    folder.write('error.json', policyOf(acl('a/#', true, 1), acl('a/b', false), acl('x-%c', true)));
  });
  afterAll(() => folder.remove());

  const lint = (...args: readonly string[]) => folder.run(['lint', ...args]);

  it('ends with 0 where it finds nothing', async () => {
    expect(await lint('good.json')).toEqual({ code: 0, stdout: 'good.json: nothing found\n', stderr: '' });
    expect(await lint('good.json', '--strict')).toMatchObject({ code: 0 });
  });

  it('ends with 0 for warnings, and with 2 for them where it is to be strict', async () => {
    const stdout =
      'warning warning.json: role `r`: publishClientSend `a/x-%c`: `x-%c` is text to the letter, here and in ' +
      'Mosquitto; a variable within a level is written with braces: `x-%{clientid}` [literal-variable]\n' +
      '0 errors, 1 warning\n';
    expect(await lint('warning.json')).toEqual({ code: 0, stdout, stderr: '' });
    expect(await lint('warning.json', '--strict')).toEqual({ code: 2, stdout, stderr: '' });
  });

  it('ends with 2 for errors', async () => {
    const { code, stdout } = await lint('error.json');
    expect(code).toBe(2);
    expect(stdout).toContain(
      'error error.json: role `r`: publishClientSend `a/b`: `a/b` (deny, priority 0) never',
    );
    expect(stdout).toMatch(/\[shadowed-rule\]\n1 error, 1 warning\n$/);
  });

  it('leaves out what is not wanted', async () => {
    expect(await lint('--ignore', 'shadowed-rule, literal-variable', 'error.json')).toMatchObject({
      code: 0,
      stdout: 'error.json: nothing found\n',
    });
  });

  it('knows how shared subscriptions are decided', async () => {
    const shared = policyOf(acl('a', true), { acltype: 'subscribePattern', topic: 's', allow: false });
    folder.write('shared.json', { ...shared, defaultACLAccess: { subscribe: true } });
    expect((await lint('shared.json')).stdout).toContain('[shared-subscription-bypass]');
    expect(await lint('shared.json', '--shared-subscriptions', 'filter')).toMatchObject({ code: 0 });
  });

  it('prints JSON', async () => {
    const { code, stdout } = await lint('error.json', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      errors: 1,
      warnings: 1,
      findings: [
        expect.objectContaining({ id: 'literal-variable', severity: 'warning' }),
        {
          id: 'shadowed-rule',
          severity: 'error',
          entity: { kind: 'acl', rolename: 'r', acltype: 'publishClientSend', topic: 'a/b' },
          message: expect.stringContaining('never decides'),
        },
      ],
    });
  });

  it('names places of the document', async () => {
    folder.write('dangling.json', {
      clients: [{ username: 'u', encoded_password: 'x', roles: [{ rolename: 'x' }] }],
    });
    expect((await lint('dangling.json')).stdout).toContain(
      'error dangling.json: /clients/0/roles/0/rolename: there is no such role; passed over (`"x"`) [dangling-reference]',
    );
  });

  it.each([[[]], [['--json']]])('lets no name play with the terminal: %j', async (flags) => {
    folder.write('odd.json', policyOf(acl('\u001b[2J%c\u202e', true)));
    const { stdout } = await lint('odd.json', ...flags);
    expect(stdout).toContain(String.raw`\u001b[2J%c\u202e`);
    for (const character of ['\u001b', '\u202e']) expect(stdout).not.toContain(character);
  });

  it('is coloured on a terminal, unless NO_COLOR is set', async () => {
    const { code, stdout } = await folder.runOnTerminal(['lint', 'error.json']);
    expect(code).toBe(2);
    expect(stdout).toContain('\u001b[31merror\u001b[39m error.json: ');
    expect(stdout).toContain('\u001b[31m1 error, 1 warning\u001b[39m\n');
    const plain = await folder.runOnTerminal(['lint', 'error.json'], { NO_COLOR: '1' });
    expect(plain.stdout).toBe((await lint('error.json')).stdout);
  });

  it.each([
    [[], "missing required argument 'policy'"],
    [['none.json'], 'none.json'],
    [['broken.json'], 'broken.json: line 1, column 2'],
    [['error.json', '--ignore', 'shadowed'], 'there is no kind of finding called `shadowed`'],
    [['error.json', '--nonsense'], "unknown option '--nonsense'"],
    [['refused.json'], '/clients/0/disabled must be true or false'],
  ])('ends with 1 where it cannot look: %j', async (args, problem) => {
    folder.write('broken.json', '{');
    folder.write('refused.json', { clients: [{ username: 'u', disabled: 'no' }] });
    const { code, stdout, stderr } = await lint(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  describe('with much to say', () => {
    beforeAll(() => {
      const shadowed = Array.from({ length: 5_000 }, (_, i) => acl(`a/${i}`, false));
      folder.write('much.json', policyOf(acl('a/#', true, 1), ...shadowed));
    });

    it('writes out a hundred findings of a kind, and counts the others', async () => {
      const { stdout } = await lint('much.json');
      expect(stdout.split('\n').slice(99)).toEqual([
        expect.stringMatching(/^error .* \[shadowed-rule\]$/),
        'and 4900 more of this kind; --json names all of them [shadowed-rule]',
        '5000 errors, 0 warnings',
        '',
      ]);
    });

    it('ends as ever when nobody reads on, and says nothing of it', async () => {
      const script = 'gatehouse lint much.json --json | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"';
      expect(await folder.runInShell(script)).toEqual({ code: 0, stdout: '2\n', stderr: '' });
    });

    it('prints all of it into a pipe that is slow to read', async () => {
      const { stdout } = await folder.runInShell('gatehouse lint much.json --json | (sleep 1; cat)');
      expect(JSON.parse(stdout).findings).toHaveLength(5_000);
    });

    it('ends with 1 when the disk is full', async () => {
      const { code, stderr } = await folder.runInShell('gatehouse lint good.json > /dev/full');
      expect(code).toBe(1);
      expect(stderr).toMatch(/^gatehouse: standard output: .*ENOSPC.*\n$/);
    });
  });

  it('its help names every kind of finding', async () => {
    const { code, stdout } = await lint('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}shadowed-rule +a rule that never decides/m);
    expect(stdout).toMatch(/^ {2}unbound-clientid +%c in a role/m);
  });
});

import { onTerminal } from '../support/cli/terminal.js';
import { ADMIN, ADMIN_TOKEN, ServedRealm } from '../support/cli/served-realm.js';

const ENV = { GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN };

describe('gatehouse dynsec on a terminal', () => {
  let realm: ServedRealm;

  beforeAll(async () => {
    realm = await ServedRealm.start();
    await realm.dynsec('createClient', 'bob', '--no-password');
  });
  afterAll(() => realm.stop());

  const dynsec = (args: readonly string[], steps: readonly (readonly [string, string])[]) =>
    onTerminal(['dynsec', '--url', realm.url, ...args], steps, ENV);

  /** Whether bob gets in; what he may not do then is told otherwise than that he does not. */
  const isPasswordOfBob = async (password: string): Promise<boolean> => {
    const { stderr } = await realm.runInside('dynsec', ['-u', 'bob', '-P', password, 'listRoles']);
    return stderr.includes('this client may not publish');
  };

  it('asks twice for a new password and does not show it', async () => {
    const { code, screen } = await dynsec(
      ['setClientPassword', 'bob'],
      [
        ['New password for bob: ', 'first secret\r'],
        ['Reenter password for bob: ', 'first secret\r'],
      ],
    );
    expect({ code, screen }).toEqual({
      code: 0,
      screen: 'New password for bob: \r\nReenter password for bob: \r\n',
    });
    expect(await isPasswordOfBob('first secret')).toBe(true);
  });

  it('changes nothing where the two are not the same', async () => {
    const { code, screen } = await dynsec(
      ['setClientPassword', 'bob'],
      [
        ['New password for bob: ', 'second secret\r'],
        ['Reenter password for bob: ', 'secnod secret\r'],
      ],
    );
    expect([code, screen]).toEqual([1, expect.stringContaining('the two passwords are not the same\r\n')]);
    expect(await isPasswordOfBob('second secret')).toBe(false);
  });

  it('takes both lines where they come at once, and what was corrected as it was meant', async () => {
    const typed = 'wrong\u0015th\u00efr\u20acx\u007fd\rth\u00efr\u20acd\r';
    const { code } = await dynsec(['setClientPassword', 'bob'], [['New password for bob: ', typed]]);
    expect(code).toBe(0);
    expect(await isPasswordOfBob('th\u00efr\u20acd')).toBe(true);
  });

  it('ends at Ctrl-C and leaves the terminal as it was', async () => {
    const { code, screen } = await dynsec(
      ['setClientPassword', 'bob'],
      [['New password for bob: ', 'fourth\u0003']],
    );
    expect({ code, screen }).toEqual({
      code: 1,
      screen: 'New password for bob: \r\ngatehouse: interrupted\r\n',
    });
  });

  it('creates a client without password where none is typed, and says what that means', async () => {
    const { code, screen } = await dynsec(['createClient', 'eve'], [['New password for eve: ', '\r']]);
    expect({ code, screen }).toEqual({
      code: 0,
      screen: 'An empty password is none: eve cannot log in then.\r\nNew password for eve: \r\n',
    });
  });

  it('asks for the password of who asks', async () => {
    const { code, screen } = await dynsec(
      ['-u', ADMIN.username, 'listRoles'],
      [['Password for admin: ', `${ADMIN.password}\r`]],
    );
    expect({ code, screen }).toEqual({ code: 0, screen: 'Password for admin: \r\nadmin\r\n' });
  });

  it('shows a user name in a question as it shows all names', async () => {
    const { screen } = await dynsec(
      ['createClient', 'a\u202eb'],
      [['New password for a\\u202eb: ', '\u0003']],
    );
    expect(screen).toContain('interrupted');
  });
});

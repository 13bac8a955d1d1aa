import { comparePassword } from '../../src/credentials/compare-password.js';
import { parsePasswordHash } from '../../src/credentials/parse-password-hash.js';
import { runGatehouse } from '../support/cli/run-gatehouse.js';
import { onTerminal } from '../support/cli/terminal.js';

/** Whether a line of output is a hash of this password. */
function fits(output: string, password: string): boolean {
  const parsed = parsePasswordHash({ encoded: output.trim() });
  if (!parsed.usable) throw new Error(`${parsed.reason}: ${JSON.stringify(output)}`);
  return comparePassword(parsed.hash, password);
}

const passwd = (args: readonly string[], input: string) => runGatehouse(['passwd', ...args], { input });

describe('gatehouse passwd', () => {
  it.each([
    [['--cost', '1000'], /^\$7\$1000\$/],
    [['--form', 'pbkdf2-sha512', '--cost', '1001'], /^\$7\$1001\$/],
    [['--form', 'bcrypt', '--cost', '4'], /^\$2b\$04\$/],
    [['--form', 'argon2id'], /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/],
  ])('hashes a line of standard input: %j', async (args, start) => {
    const { code, stdout, stderr } = await passwd(args, 'pässword with spaces \n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(start);
    expect(stdout.endsWith('\n') && fits(stdout, 'pässword with spaces ')).toBe(true);
    expect(fits(stdout, 'pässword with spaces')).toBe(false);
  });

  it('needs no line end, and takes the one of Windows off', async () => {
    expect(fits((await passwd(['--cost', '1000'], 'secret')).stdout, 'secret')).toBe(true);
    expect(fits((await passwd(['--cost', '1000'], 'secret\r\n')).stdout, 'secret')).toBe(true);
  });

  it.each([
    ['', 'gatehouse: there is no password\n'],
    ['\nsecret\n', 'gatehouse: there is no password\n'],
    [
      `$2b$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC\n`,
      'gatehouse: this is a hash already, not a password\n',
    ],
    ['a\0b\n', 'gatehouse: the password holds NUL\n'],
  ])('refuses %j', async (input, stderr) => {
    expect(await passwd([], input)).toEqual({ code: 1, stdout: '', stderr });
  });

  it('refuses what bcrypt would cut', async () => {
    const { code, stderr } = await passwd(['--form', 'bcrypt'], 'x'.repeat(73));
    expect([code, stderr]).toEqual([
      1,
      'gatehouse: the password is longer than the 72 bytes that bcrypt reads\n',
    ]);
  });

  it.each([
    [['--cost', '999'], '--cost: `999` is not an integer from 1000 to 2000000, as pbkdf2-sha512 takes it'],
    [['--cost', '1e3'], '--cost: `1e3` is not an integer from 1000 to 2000000, as pbkdf2-sha512 takes it'],
    [['--form', 'bcrypt', '--cost', '15'], '--cost: `15` is not an integer from 4 to 14, as bcrypt takes it'],
    [['--form', 'md5'], "error: option '--form <form>' argument 'md5' is invalid."],
    [['secret'], 'error: too many arguments'],
  ])('is started in the wrong way by %j', async (args, message) => {
    const { code, stdout, stderr } = await passwd(args, 'secret\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('asks twice on a terminal and shows nothing of it', async () => {
    const steps = [
      ['New password: ', 'typed secret\r'],
      ['Again: ', 'typed secret\r'],
    ] as const;
    const { code, screen } = await onTerminal(['passwd', '--cost', '1000'], steps);
    expect(code).toBe(0);
    const [first, second, hash = ''] = screen.split('\r\n');
    expect([first, second]).toEqual(['New password: ', 'Again: ']);
    expect(fits(hash, 'typed secret')).toBe(true);
  });

  it('prints nothing where the two differ', async () => {
    const steps = [
      ['New password: ', 'typed secret\r'],
      ['Again: ', 'tpyed secret\r'],
    ] as const;
    const { code, screen } = await onTerminal(['passwd', '--cost', '1000'], steps);
    expect(code).toBe(1);
    expect(screen).toBe('New password: \r\nAgain: \r\ngatehouse: the two passwords are not the same\r\n');
  });
});

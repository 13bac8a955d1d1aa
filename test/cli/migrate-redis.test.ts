import { Redis } from 'ioredis';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import { CommandFolder } from '../support/command-folder.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';

const HASH = 'PBKDF2$sha512$1000$ASZLcJW63wQpTnOYveIHLA==$alvsL92o+s1JIhjcSKA1ENcld+6dMfODmO3AARSzgbc=';

describe('gatehouse migrate go-auth-redis', () => {
  let folder: CommandFolder;
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    folder = new CommandFolder();
    server = await startRedis(['--requirepass', 'let me in']);
    redis = new Redis(server.url, { password: 'let me in', db: 1 });
    await redis.mset('alice', HASH, 'alice:su', 'true', 'bob', HASH, 'session', 'x');
    await redis.sadd('bob:racls', 'a/#', 'b/%u');
    await redis.sadd('common:sacls', 'c/%u');
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
    folder.remove();
  });

  const ENV = { REDISCLI_AUTH: 'let me in' };
  const migrate = (args: readonly string[], env: Record<string, string> = ENV) =>
    folder.run(['migrate', 'go-auth-redis', ...args], env);

  it('prints the document, and by key what it could not carry over', async () => {
    const { code, stdout, stderr } = await migrate(['--url', `${server.url}/1`]);
    expect(code).toBe(2);
    const { configuration, findings } = parseConfiguration(JSON.parse(stdout));
    expect(findings).toEqual([]);
    expect(configuration?.clients.get('alice')).toMatchObject({
      superuser: true,
      password: { encoded: HASH },
    });
    expect(configuration?.clients.get('bob')?.groups).toMatchObject([{ groupname: 'every-client' }]);
    expect(stderr.split('\n')[0]).toBe('looked at 6 keys, of which 5 are for mosquitto-go-auth');
    expect(stderr).toContain(
      'not carried over:\n  bob:racls: not granted: the level `%u` stands for itself there, and would be a variable in a role\n',
    );
  });

  it('leaves superusers out where there were none', async () => {
    const { stdout } = await migrate(['--url', `${server.url}/1`, '--no-superusers']);
    expect(stdout).not.toContain('superuser');
  });

  it('takes the password from the address as well, and never repeats it', async () => {
    const withPassword = server.url.replace('//', '//:let%20me%20in@');
    expect(await migrate(['--url', `${withPassword}/1`], {})).toMatchObject({ code: 2 });
    const wrong = await migrate(['--url', `${server.url.replace('//', '//:sesame@')}/1`], {});
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^gatehouse: redis:\/\/127\.0\.0\.1:\d+\/1: .*WRONGPASS/);
    expect(wrong.stderr).not.toContain('sesame');
  });

  it('fails where there is nothing, and tells where to look', async () => {
    expect(await migrate(['--url', server.url])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'gatehouse: this database holds no key of mosquitto-go-auth: it uses database 1 unless `redis_db` says otherwise, as in redis://host:6379/1\n',
    });
    expect(await migrate([])).toMatchObject({ code: 1, stdout: '' });
    expect(await migrate(['--url', 'http://x'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('shows on a terminal how far it is, and leaves nothing of that', async () => {
    const users = Array.from({ length: 6_000 }, (_, i) => [`user${String(i)}`, HASH]).flat();
    const other = new Redis(server.url, { password: 'let me in', db: 3 });
    await other.mset(users);
    other.disconnect();
    const args = [
      'migrate',
      'go-auth-redis',
      '--url',
      `${server.url}/3`,
      '--output',
      'many.json',
      '--report',
      'report',
    ];
    const { code, stdout } = await folder.runOnTerminal(args, ENV);
    expect(code).toBe(0);
    const overwritten = stdout.split('\n').map((line) => line.split('\r\u001b[K'));
    expect(overwritten.flat()).toContain('read: 6000 of 6000 keys');
    const shown = overwritten.map((texts) => texts.at(-1));
    expect(shown).toEqual([
      'looked at 6000 keys, of which 6000 are for mosquitto-go-auth',
      'made 6000 clients, 0 roles, 0 groups; everything was carried over',
      '',
    ]);
  });
});

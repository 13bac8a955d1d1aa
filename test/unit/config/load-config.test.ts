import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../../src/config/configuration-error.js';
import { HASH_COSTS } from '../../../src/credentials/hash-recipe.js';
import { TOKEN, load, problemsOf } from './configuration.js';

const HOST_PORT = 'host:port, such as `127.0.0.1:8790`, `[::1]:8790`, or `0.0.0.0:8790` for every interface';
const ON_OFF = '`true` or `false` (nor 1, 0, yes, no, on, off)';
const TTL = '0, or a duration from 1 to 31536000 seconds, such as `90`, `30m`, `12h` or `7d`';
const BROKER = 'the name of a broker: 1 to 64 letters, digits, `.`, `_` and `-`';

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(load()).toEqual({
      listen: { host: '127.0.0.1', port: 8790 },
      dynsecFile: './dynamic-security.json',
      adminTokens: [],
      checkTokens: [],
      brokers: [],
      hosts: ['127.0.0.1'],
      allowAnonymous: false,
      sharedSubscriptions: 'dynsec',
      passwordHash: { form: 'pbkdf2-sha512', cost: HASH_COSTS['pbkdf2-sha512'].default },
      hashDeadlineMs: 2_000,
      hashBudget: 1_200,
      hashBudgetUsername: 10,
      credentialTtlMs: 604_800_000,
      credentialsHeld: 250_000,
      credentialKeys: [],
      rehash: false,
      decisionCache: 0,
      shedLoginsLagMs: 500,
      shedChecksLagMs: 3_000,
      stormLogins: 20,
      workers: 1,
      logLevel: 'info',
    });
  });

  it.each([
    ['GATEHOUSE_LISTEN', '[::1]:0', { listen: { host: '::1', port: 0 }, hosts: ['::1'] }],
    ['GATEHOUSE_LISTEN', 'LOCALHOST:1', { listen: { host: 'LOCALHOST', port: 1 }, hosts: ['localhost'] }],
    ['GATEHOUSE_DYNSEC_FILE', '/var/lib/a b.json', { dynsecFile: '/var/lib/a b.json' }],
    ['GATEHOUSE_ADMIN_TOKEN', TOKEN, { adminTokens: [TOKEN] }],
    [
      'GATEHOUSE_CHECK_TOKEN',
      `${TOKEN}, ${TOKEN}b\n${TOKEN}c,`,
      { checkTokens: [TOKEN, `${TOKEN}b`, `${TOKEN}c`] },
    ],
    ['GATEHOUSE_BROKERS', 'b1, B.2,x_-', { brokers: ['b1', 'B.2', 'x_-'] }],
    ['GATEHOUSE_BROKERS', 'b1\r\nb2\n', { brokers: ['b1', 'b2'] }],
    ['GATEHOUSE_BROKERS', '', { brokers: [] }],
    [
      'GATEHOUSE_HOSTS',
      'Gate.Example.com,10.0.0.1',
      { hosts: ['gate.example.com', '10.0.0.1', '127.0.0.1'] },
    ],
    ['GATEHOUSE_SHARED_SUBSCRIPTIONS', 'filter', { sharedSubscriptions: 'filter' }],
    [
      'GATEHOUSE_PASSWORD_HASH',
      'bcrypt',
      { passwordHash: { form: 'bcrypt', cost: HASH_COSTS.bcrypt.default } },
    ],
    [
      'GATEHOUSE_PASSWORD_HASH',
      'argon2id',
      { passwordHash: { form: 'argon2id', cost: HASH_COSTS.argon2id.default } },
    ],
    ['GATEHOUSE_PASSWORD_HASH_COST', '5000', { passwordHash: { form: 'pbkdf2-sha512', cost: 5_000 } }],
    ['GATEHOUSE_HASH_THREADS', '3', { hashThreads: 3 }],
    ['GATEHOUSE_HASH_DEADLINE', '0.25', { hashDeadlineMs: 250 }],
    ['GATEHOUSE_CREDENTIAL_TTL', '90', { credentialTtlMs: 90_000 }],
    ['GATEHOUSE_CREDENTIAL_TTL', '1.5h', { credentialTtlMs: 5_400_000 }],
    ['GATEHOUSE_CREDENTIAL_TTL', '365d', { credentialTtlMs: 31_536_000_000 }],
    ['GATEHOUSE_CREDENTIAL_TTL', '0', { credentialTtlMs: 0 }],
    ['GATEHOUSE_CREDENTIAL_KEY', `${TOKEN}\n${TOKEN}b`, { credentialKeys: [TOKEN, `${TOKEN}b`] }],
    ['GATEHOUSE_REHASH', 'on', { rehash: true }],
    ['GATEHOUSE_HASH_DEADLINE', '60', { hashDeadlineMs: 60_000 }],
    ['GATEHOUSE_DECISION_CACHE', '1000000', { decisionCache: 1_000_000 }],
    ['GATEHOUSE_SHED_LOGINS_LAG', '0.1', { shedLoginsLagMs: 100 }],
    ['GATEHOUSE_SHED_CHECKS_LAG', '10', { shedChecksLagMs: 10_000 }],
    ['GATEHOUSE_SHED_HASH_QUEUE', '50', { shedHashQueue: 50 }],
    ['GATEHOUSE_SHED_HASH_QUEUE', 'auto', {}],
    ['GATEHOUSE_STORM_LOGINS', '500', { stormLogins: 500 }],
    ['GATEHOUSE_LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ] as const)('takes %s=%s', (name, text, expected) => {
    expect(load({ [name]: text })).toEqual({ ...load(), ...expected });
  });

  it.each([
    ...['true', '1', 'yes', 'on', 'TRUE'].map((text) => [text, true] as const),
    ...['false', '0', 'no', 'off', 'Off'].map((text) => [text, false] as const),
  ])('takes GATEHOUSE_ALLOW_ANONYMOUS=%s as %s', (text, allowAnonymous) => {
    expect(load({ GATEHOUSE_ALLOW_ANONYMOUS: text })).toEqual({ ...load(), allowAnonymous });
  });

  it('does not have a number of threads where it is automatic', () => {
    expect(load({ GATEHOUSE_HASH_THREADS: 'auto' })).not.toHaveProperty('hashThreads');
  });

  it.each([
    ['GATEHOUSE_LISTEN', '8790', `\`8790\` is not ${HOST_PORT}`],
    ['GATEHOUSE_LISTEN', '', `\`\` is not ${HOST_PORT}`],
    ['GATEHOUSE_DYNSEC_FILE', '', '`` is not the path of a file'],
    ['GATEHOUSE_BROKERS', 'b1,b 2', `\`b 2\` is not ${BROKER}`],
    ['GATEHOUSE_BROKERS', 'b'.repeat(65), `\`${'b'.repeat(65)}\` is not ${BROKER}`],
    ['GATEHOUSE_HOSTS', 'a,gate:8790', '`gate:8790` is not the name of a host, without a port'],
    ['GATEHOUSE_ALLOW_ANONYMOUS', 'maybe', `\`maybe\` is not ${ON_OFF}`],
    ['GATEHOUSE_ALLOW_ANONYMOUS', '', `\`\` is not ${ON_OFF}`],
    ['GATEHOUSE_SHARED_SUBSCRIPTIONS', 'Filter', '`Filter` is not one of `dynsec`, `filter`'],
    ['GATEHOUSE_PASSWORD_HASH', 'md5', '`md5` is not one of `pbkdf2-sha512`, `bcrypt`, `argon2id`'],
    ['GATEHOUSE_PASSWORD_HASH_COST', '1e5', '`1e5` is not a whole number'],
    ['GATEHOUSE_HASH_THREADS', '0', '`0` is not `auto` or a whole number from 1 to 256'],
    ['GATEHOUSE_HASH_THREADS', '1.5', '`1.5` is not `auto` or a whole number from 1 to 256'],
    ['GATEHOUSE_HASH_DEADLINE', '2s', '`2s` is not a number of seconds from 0.1 to 60'],
    ['GATEHOUSE_HASH_DEADLINE', '2000', '`2000` is not a number of seconds from 0.1 to 60'],
    ['GATEHOUSE_DECISION_CACHE', '1000001', '`1000001` is not a whole number from 0 to 1000000'],
    ['GATEHOUSE_SHED_CHECKS_LAG', '0.4', '`0.4` is below GATEHOUSE_SHED_LOGINS_LAG: logins are shed first'],
    ['GATEHOUSE_SHED_HASH_QUEUE', '0', '`0` is not `auto` or a whole number from 1 to 1000'],
    ['GATEHOUSE_STORM_LOGINS', '0', '`0` is not a whole number from 1 to 1000000'],
    ['GATEHOUSE_CREDENTIAL_TTL', '7w', `\`7w\` is not ${TTL}`],
    ['GATEHOUSE_CREDENTIAL_TTL', '0.5', `\`0.5\` is not ${TTL}`],
    ['GATEHOUSE_CREDENTIAL_TTL', '366d', `\`366d\` is not ${TTL}`],
    [
      'GATEHOUSE_CREDENTIAL_KEY',
      'short',
      'entry 1, of 5 characters, is not a secret: at least 32 characters of ASCII, without spaces',
    ],
    [
      'GATEHOUSE_LOG_LEVEL',
      'verbose',
      expect.stringMatching(/^`verbose` is not one of `fatal`, .*`silent`$/),
    ],
  ])('refuses %s=%s', (name, text, message) => {
    expect(load.bind(null, { [name]: text })).toThrow(
      expect.objectContaining({ problems: [{ source: name, message }] }),
    );
  });

  it.each([
    ['pbkdf2-sha512', HASH_COSTS['pbkdf2-sha512']],
    ['bcrypt', HASH_COSTS.bcrypt],
    ['argon2id', HASH_COSTS.argon2id],
  ])('takes a cost of %s within its range alone', (form, { min, max }) => {
    const costs = [min - 1, min, max, max + 1].map(String);
    const problems = costs.map((cost) =>
      problemsOf({ GATEHOUSE_PASSWORD_HASH: form, GATEHOUSE_PASSWORD_HASH_COST: cost }),
    );
    const refusal = (cost: number): string[] => [
      `GATEHOUSE_PASSWORD_HASH_COST: \`${cost}\` is not a cost of ${form}: from ${min} to ${max}`,
    ];
    expect(problems).toEqual([refusal(min - 1), [], [], refusal(max + 1)]);
  });

  it('reports everything that is wrong at once, each with its variable, and shows no secret', () => {
    const env = {
      GATEHOUSE_LISTEN: 'nowhere',
      GATEHOUSE_ADMIN_TOKEN: 'hunter2',
      GATEHOUSE_BROKERS: 'a/b,ok,c d',
      GATEHOUSE_LOG_LEVEL: 'loud',
      GATEHOUSE_LISTNE: 'x',
      GATEHOUSE_TLS_KEY: '/nowhere/key.pem',
    };
    expect(problemsOf(env, { hashThreads: 'all', adminToken: 'hunter3' })).toEqual([
      expect.stringMatching(/^GATEHOUSE_LISTNE: .*GATEHOUSE_LISTEN$/),
      expect.stringMatching(/^GATEHOUSE_LISTEN: `nowhere` is not /),
      expect.stringMatching(/^--admin-token: .*GATEHOUSE_ADMIN_TOKEN/),
      expect.stringMatching(/^GATEHOUSE_BROKERS: `a\/b` is not /),
      expect.stringMatching(/^GATEHOUSE_BROKERS: `c d` is not /),
      expect.stringMatching(/^--hash-threads: `all` is not /),
      expect.stringMatching(/^GATEHOUSE_LOG_LEVEL: `loud` is not /),
      'GATEHOUSE_TLS_KEY: `/nowhere/key.pem` needs GATEHOUSE_TLS_CERT too',
      'GATEHOUSE_TLS_KEY: `/nowhere/key.pem` cannot be read: there is no such file',
    ]);
  });

  it('is an error whose message has a line for each problem', () => {
    const act = (): unknown => load({ GATEHOUSE_LOG_LEVEL: 'a\nb', GATEHOUSE_HASH_THREADS: 'c' });
    expect(act).toThrow(ConfigurationError);
    expect(act).toThrow(
      /^invalid configuration:\n {2}GATEHOUSE_HASH_THREADS: `c` is not [^\n]*\n {2}GATEHOUSE_LOG_LEVEL: `a\\u\{a\}b` is not [^\n]*$/,
    );
  });

  it('lets a flag win over the environment, which is then not looked at', () => {
    const env = {
      GATEHOUSE_LISTEN: 'nonsense',
      GATEHOUSE_DYNSEC_FILE: '/a',
      GATEHOUSE_ALLOW_ANONYMOUS: 'false',
    };
    const flags = { listen: '127.0.0.1:1', dynsecFile: '/b', allowAnonymous: true, brokers: undefined };
    expect(load(env, flags)).toMatchObject({ listen: { port: 1 }, dynsecFile: '/b', allowAnonymous: true });
  });

  it('cannot be changed', () => {
    const config = load({ GATEHOUSE_BROKERS: 'a' });
    const parts = [config, config.listen, config.brokers, config.hosts, config.passwordHash];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });
});

describe('an address that other machines reach', () => {
  it.each(['0.0.0.0:8790', '[::]:8790', '10.1.2.3:8790', 'gatehouse:8790'])(
    'is refused without a check token: %s',
    (listen) => {
      const problem = `\`${listen}\` can be reached from other machines, and checks carry no token; `;
      const advice = 'set GATEHOUSE_CHECK_TOKEN or GATEHOUSE_CHECK_TOKEN_FILE, or listen on 127.0.0.1';
      expect(problemsOf({ GATEHOUSE_LISTEN: listen })).toEqual([`GATEHOUSE_LISTEN: ${problem}${advice}`]);
      expect(problemsOf({}, { listen })).toEqual([`--listen: ${problem}${advice}`]);
      expect(problemsOf({ GATEHOUSE_LISTEN: listen, GATEHOUSE_ADMIN_TOKEN: TOKEN })).toHaveLength(1);
    },
  );

  it('is taken with one', () => {
    const config = load({ GATEHOUSE_LISTEN: 'Gatehouse:8790', GATEHOUSE_CHECK_TOKEN: TOKEN });
    expect(config).toMatchObject({ checkTokens: [TOKEN], hosts: ['gatehouse'] });
  });

  it.each(['', ' , ', 'short'])('is refused with a check token that is none: `%s`', (token) => {
    expect(problemsOf({ GATEHOUSE_LISTEN: '0.0.0.0:1', GATEHOUSE_CHECK_TOKEN: token })).toEqual([
      expect.stringMatching(/^GATEHOUSE_CHECK_TOKEN: /),
    ]);
  });
});

describe('TLS', () => {
  let dir: string;
  const file = (name: string): string => join(dir, name);

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
    for (const name of ['cert', 'key', 'ca']) writeFileSync(file(name), 'pem');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('has a certificate and its key, and a client CA if wished', () => {
    const both = { GATEHOUSE_TLS_CERT: file('cert'), GATEHOUSE_TLS_KEY: file('key') };
    expect(load(both).tls).toEqual({ certFile: file('cert'), keyFile: file('key') });
    const all = { ...both, GATEHOUSE_TLS_CLIENT_CA: file('ca') };
    expect(load(all).tls).toEqual({ certFile: file('cert'), keyFile: file('key'), clientCaFile: file('ca') });
  });

  it.each([
    ['a certificate without key', { CERT: 'cert' }, ['CERT: `{cert}` needs GATEHOUSE_TLS_KEY too']],
    ['a key without certificate', { KEY: 'key' }, ['KEY: `{key}` needs GATEHOUSE_TLS_CERT too']],
    ['a client CA alone', { CLIENT_CA: 'ca' }, ['CLIENT_CA: `{ca}` needs GATEHOUSE_TLS_CERT too']],
    [
      'a file that is not there',
      { CERT: 'cert', KEY: 'no' },
      ['KEY: `{no}` cannot be read: there is no such file'],
    ],
    ['a directory', { CERT: '.', KEY: 'key' }, ['CERT: `{.}` cannot be read: it is a directory']],
    ['an empty path', { CERT: 'cert', KEY: '' }, ['KEY: `` is not the path of a file']],
  ])('is refused with %s', (_case, files, problems) => {
    const env = Object.entries(files).map(([name, path]) => [`GATEHOUSE_TLS_${name}`, path && file(path)]);
    const expected = problems.map(
      (text) => `GATEHOUSE_TLS_${text.replace(/\{(.*?)\}/, (_all, name: string) => file(name))}`,
    );
    expect(problemsOf(Object.fromEntries(env) as Record<string, string>)).toEqual(expected);
  });
});

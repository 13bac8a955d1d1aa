import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, problemsOf } from './configuration.js';

const URL = 'redis://gate:SECRET@redis.example/2';

describe('Redis', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-redis-config-'));
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(dir, name), name);
    writeFileSync(join(dir, 'url'), `${URL}\n`);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const file = (name: string): string => join(dir, name);

  it('is not served from unless it is named', () => {
    expect(load()).not.toHaveProperty('redis');
    expect(load({ GATEHOUSE_REALM: 'other' })).not.toHaveProperty('redis');
  });

  it('is what the address says, and the rest by default', () => {
    expect(load({ GATEHOUSE_REDIS_URL: URL }).redis).toEqual({
      address: {
        kind: 'single',
        hosts: [{ host: 'redis.example', port: 6379 }],
        hasTls: false,
        login: { username: 'gate', password: 'SECRET' },
        db: 2,
      },
      tls: {},
      realm: 'default',
      waitReplicas: 0,
      maxStalenessMs: 300_000,
    });
  });

  it('may be named in a file', () => {
    expect(load({ GATEHOUSE_REDIS_URL_FILE: file('url') })).toEqual(load({ GATEHOUSE_REDIS_URL: URL }));
  });

  it('has settings of its own', () => {
    const env = {
      GATEHOUSE_REDIS_URL: 'rediss+sentinel://a,b/m',
      GATEHOUSE_REDIS_CA: file('ca'),
      GATEHOUSE_REDIS_CERT: file('cert'),
      GATEHOUSE_REDIS_KEY: file('key'),
    };
    const flags = { realm: 'Plant_1.eu-west', redisWait: '1', maxStaleness: '60', clientsHeld: '5000' };
    expect(load(env, flags).redis).toMatchObject({
      address: { kind: 'sentinel', hasTls: true },
      tls: { caFile: file('ca'), certFile: file('cert'), keyFile: file('key') },
      realm: 'Plant_1.eu-west',
      waitReplicas: 1,
      maxStalenessMs: 60_000,
      clientsHeld: 5_000,
    });
  });

  it.each([
    ['redis://h:SECRET', 'the port'],
    ['http://u:SECRET@h', 'it is `redis://user:password@host:port/db`'],
    ['', 'it is `redis://user:password@host:port/db`'],
  ])('is refused where the address is none, and nothing of it is shown: %s', (url) => {
    const problems = problemsOf({ GATEHOUSE_REDIS_URL: url });
    const subject = url === '' ? 'nothing' : 'what is set there';
    expect(problems).toEqual([
      expect.stringMatching(`^GATEHOUSE_REDIS_URL: ${subject} is not an address of Redis: [^]+`),
    ]);
    expect(problems.join()).not.toContain('SECRET');
  });

  it('is not named by a flag', () => {
    const [problem] = problemsOf({}, { redisUrl: URL });
    expect(problem).toMatch(/^--redis-url: a flag can be read by every process/);
    expect(problem).not.toContain('SECRET');
  });

  it.each([
    ['REALM', '', 'the name of a realm'],
    ['REALM', 'a{b}', 'the name of a realm'],
    ['REALM', 'x'.repeat(65), 'the name of a realm'],
    ['REDIS_WAIT', '-1', 'a whole number from 0 to 100'],
    ['REDIS_WAIT', '1.5', 'a whole number from 0 to 100'],
    ['MAX_STALENESS', '0', 'a number of seconds from 1 to 86400'],
    ['CLIENTS_HELD', '0', '`all` or a whole number from 1 to 100000000'],
    ['CLIENTS_HELD', 'auto', '`all` or a whole number from 1 to 100000000'],
  ])('is not served with GATEHOUSE_%s=%s', (name, text, expected) => {
    const problems = problemsOf({ [`GATEHOUSE_${name}`]: text });
    expect(problems).toEqual([expect.stringMatching(`^GATEHOUSE_${name}: \`.*\` is not ${expected}`)]);
  });

  it.each([
    ['a certificate without key', { CERT: 'cert' }, ['CERT: `{cert}` needs GATEHOUSE_REDIS_KEY too']],
    ['a key without certificate', { KEY: 'key' }, ['KEY: `{key}` needs GATEHOUSE_REDIS_CERT too']],
    [
      'a CA that cannot be read',
      { CA: 'nothing' },
      ['CA: `{nothing}` cannot be read: there is no such file'],
    ],
  ])('is not served with %s', (_case, files, expected) => {
    const env = Object.entries(files).map(([name, path]) => [`GATEHOUSE_REDIS_${name}`, file(path)]);
    const problems = problemsOf({ GATEHOUSE_REDIS_URL: 'rediss://h', ...Object.fromEntries(env) });
    const inFolder = (text: string): string => text.replace(/\{(.*?)\}/, (_all, name: string) => file(name));
    expect(problems).toEqual(expected.map((text) => `GATEHOUSE_REDIS_${inFolder(text)}`));
  });

  it('needs TLS for certificates, or they would be believed to be used', () => {
    const env = { GATEHOUSE_REDIS_URL: 'redis://h', GATEHOUSE_REDIS_CA: file('ca') };
    expect(problemsOf(env)).toEqual([
      `GATEHOUSE_REDIS_CA: \`${file('ca')}\` needs an address of Redis that begins with \`rediss\``,
    ]);
    expect(problemsOf({ GATEHOUSE_REDIS_CA: file('ca') })).toEqual([
      `GATEHOUSE_REDIS_CA: \`${file('ca')}\` needs GATEHOUSE_REDIS_URL too`,
    ]);
  });
});

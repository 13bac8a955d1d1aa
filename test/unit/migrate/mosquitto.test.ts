import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparePassword } from '../../../src/credentials/compare-password.js';
import { parsePasswordHash } from '../../../src/credentials/parse-password-hash.js';
import { migrateMosquitto } from '../../../src/migrate/mosquitto/migrate-mosquitto.js';
import type { Migration } from '../../../src/migrate/migration.js';
import { writeDocument } from '../../../src/migrate/migration.js';
import { decideByDocument } from '../../support/decide-by.js';
import { acls, lost, notes, rolesByClient } from '../../support/migration.js';

const HASH = `$7$101$${Buffer.alloc(12).toString('base64')}$${Buffer.alloc(64).toString('base64')}`;
const OTHER = HASH.replace('$101$', '$202$');

function migrate(acl: readonly string[] | undefined, passwords?: readonly string[]): Migration {
  return migrateMosquitto({
    ...(acl ? { aclFile: { name: 'acl', text: acl.join('\n') } } : {}),
    ...(passwords ? { passwordFile: { name: 'pw', text: passwords.join('\n') } } : {}),
  });
}

/** Whether the password of a client in the migrated configuration is this one. */
function fits({ configuration }: Migration, username: string, password: string): boolean {
  const stored = configuration.clients.get(username)?.password;
  const parsed = stored && parsePasswordHash(stored);
  return parsed?.usable === true && comparePassword(parsed.hash, password);
}

describe('migrating a password file of Mosquitto', () => {
  it('carries over what the tools of Mosquitto wrote, of any version and form', () => {
    const file = join(__dirname, '../../vectors/passwords.json');
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as {
      plaintext: string;
      password_file_line?: string;
    }[];
    const lines = recorded.flatMap(({ plaintext, password_file_line: line }) =>
      line ? [{ plaintext, line }] : [],
    );
    expect(lines.length).toBeGreaterThan(50);
    const text = lines.map(({ line }, i) => line.replace(/^[^:]*/, `user${String(i)}`)).join('\n');
    const migration = migrateMosquitto({ passwordFile: { name: 'pw', text } });
    expect(lost(migration)).toEqual([]);
    for (const [i, { plaintext }] of lines.entries()) {
      expect(fits(migration, `user${String(i)}`, plaintext)).toBe(true);
      expect(fits(migration, `user${String(i)}`, `${plaintext}!`)).toBe(false);
    }
  });

  it.each([[], ['-H', 'sha512']])(
    'carries over what mosquitto_passwd %s of this machine writes',
    (...options) => {
      const dir = mkdtempSync(join(tmpdir(), 'gatehouse-passwd-'));
      try {
        const file = join(dir, 'pw');
        for (const [i, name] of ['alice', 'böb'].entries()) {
          const args = [...options, ...(i === 0 ? ['-c'] : []), '-b', file, name, `${name}'s secret`];
          expect(spawnSync('mosquitto_passwd', args).status).toBe(0);
        }
        const migration = migrateMosquitto({
          passwordFile: { name: file, text: readFileSync(file, 'utf8') },
        });
        expect(lost(migration)).toEqual([]);
        expect(fits(migration, 'alice', "alice's secret")).toBe(true);
        expect(fits(migration, 'böb', "böb's secret")).toBe(true);
        expect(fits(migration, 'böb', "alice's secret")).toBe(false);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
  );

  it('upgrades nothing: a file of clear text is reported and goes nowhere', () => {
    const migration = migrate(undefined, ['alice:s3cret', 'bob:', `carol:${HASH}`]);
    expect(lost(migration)).toEqual([
      'pw:1: `alice` cannot log in: what stands for its password starts with none of `$7$`, `$6$`, `$argon2id$`, `$2a$`, `$2b$`, `$2y$`, `PBKDF2$`',
      'pw:2: `bob` cannot log in: what stands for its password starts with none of `$7$`, `$6$`, `$argon2id$`, `$2a$`, `$2b$`, `$2y$`, `PBKDF2$`',
    ]);
    expect(writeDocument(migration.configuration) + JSON.stringify(migration.findings)).not.toContain(
      's3cret',
    );
  });

  it('reads lines as Mosquitto does', () => {
    const migration = migrate(undefined, [
      `alice:${HASH}`,
      `:b o b :  ${HASH}  `,
      `carol:${HASH}:and more\r`,
      '# comment:x',
      ` # no comment:${HASH}`,
      'no colon',
      '',
      `alice:${OTHER}`,
      `alice:junk`,
    ]);
    expect(
      [...migration.configuration.clients.values()].map(({ username, password }) => [username, password]),
    ).toEqual([
      ['# no comment', { encoded: HASH }],
      ['alice', { encoded: OTHER }],
      ['b o b', { encoded: HASH }],
      ['carol', { encoded: HASH }],
    ]);
    expect(notes(migration)).toEqual(
      expect.arrayContaining([
        'pw:6: a line without a colon, which Mosquitto passes over',
        'pw:1: `alice` is there more than once: `pw:8` counts',
        'pw:9: `alice` is there more than once: `pw:8` counts',
      ]),
    );
    expect(lost(migration)).toEqual([]);
  });

  it('tells of hashes that a stock Mosquitto does not read', () => {
    const sixteen = `$7$101$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(64).toString('base64')}`;
    expect(notes(migrate(undefined, [`a:${sixteen}`])).join()).toContain('$7$ with a salt of 16 bytes (1)');
  });

  it('allows everything where there is no ACL file, as Mosquitto does', () => {
    const decide = decideByDocument(writeDocument(migrate(undefined, [`a:${HASH}`]).configuration));
    const may = (topic: string): boolean =>
      decide({ username: 'a', clientid: 'c', access: 'publishClientSend', topic });
    expect([may('any/thing'), may('$CONTROL/dynamic-security/v1')]).toEqual([true, false]);
  });
});

describe('migrating an ACL file of Mosquitto', () => {
  it('gives topics to their users, and patterns to everybody', () => {
    const migration = migrate(
      [
        'topic read news',
        'user alice',
        'topic a',
        'topic write b',
        'pattern readwrite home/%u/#',
        'user bob',
        'topic deny a',
      ],
      [`alice:${HASH}`, `carol:${HASH}`],
    );
    expect(rolesByClient(migration)).toEqual({ alice: ['alice'], bob: ['bob'], carol: [] });
    expect(acls(migration, 'alice')).toEqual([
      '+publishClientSend a',
      '+publishClientSend b',
      '+publishClientReceive a',
      '+subscribePattern a',
    ]);
    expect(acls(migration, 'bob')).toEqual(['-publishClientSend a', '-publishClientReceive a']);
    expect(acls(migration, 'every-client')).toEqual([
      '+publishClientSend home/%u/#',
      '+publishClientReceive home/%u/#',
      '+subscribePattern home/%u/#',
    ]);
    expect(acls(migration, 'anonymous')).toEqual(['+publishClientReceive news', '+subscribePattern news']);
    expect(lost(migration)).toEqual([]);
    expect(notes(migration).join('\n')).toMatch(/^acl:1: topics before the first user line/m);
    expect(notes(migration).join('\n')).toContain('no password was found for 1 client: `bob`');
  });

  it('gives a fleet of jailed users one role', () => {
    const users = Array.from({ length: 1_000 }, (_, i) => `device${String(i)}`);
    const acl = users.flatMap((name) => [
      `user ${name}`,
      `topic write up/${name}/#`,
      `topic read down/${name}/+`,
    ]);
    const { configuration } = migrate(
      acl,
      users.map((name) => `${name}:${HASH}`),
    );
    expect([...configuration.roles.keys()]).toEqual(['own-topics']);
    expect(configuration.clients.size).toBe(1_000);
  });

  it('reads white space as Mosquitto does', () => {
    const migration = migrate([
      '  user   a b  ',
      'topic   read   two  words  \t',
      'topic read ',
      ' ',
      '\t',
      '#comment',
      'topic write x\r',
      'user a b',
      'topic y',
    ]);
    expect(lost(migration)).toEqual([]);
    expect(acls(migration, 'a b')).toEqual([
      '+publishClientSend read',
      '+publishClientSend x',
      '+publishClientSend y',
      '+publishClientReceive two  words',
      '+publishClientReceive read',
      '+publishClientReceive y',
      '+subscribePattern two  words',
      '+subscribePattern read',
      '+subscribePattern y',
    ]);
  });

  it.each([
    ['topic\tfoo', '`topic\tfoo` is none of topic, user and pattern'],
    ['topic foo bar', '`foo` is no access'],
    [' # c', '`#` is none of topic, user and pattern'],
    ['topic a+', '`a+` is no topic filter'],
    ['topic foo/#/bar', '`foo/#/bar` is no topic filter'],
    ['user', 'the user name is empty'],
    ['user  ', 'the user name is empty'],
    ['topic', 'the topic is empty'],
    ['\ttopic a', '`\ttopic` is none of topic, user and pattern'],
  ])('reports %j, with which Mosquitto does not start', (line, problem) => {
    expect(lost(migrate(['user a', line]))).toEqual([`acl:2: ${problem}; Mosquitto does not start with it`]);
  });

  it.each(['topic read a\0b', 'user a\ufffd', 'pattern read \u0001/%u'])(
    'reports %j, which is about nothing that there can be',
    (line) => {
      expect(lost(migrate(['user a', line]))).toEqual(['acl:2: this is not UTF-8 as MQTT allows it']);
    },
  );

  it('gives nobody the topics after a user line that it cannot read', () => {
    const { configuration } = migrate([
      'topic read for/anonymous',
      'user',
      'topic read secret',
      'pattern read p',
    ]);
    expect(JSON.stringify([...configuration.roles.values()])).not.toContain('secret');
  });

  it('reports what no role can say, and denies too much rather than too little', () => {
    const migration = migrate([
      'user a',
      'topic read home/%u',
      'topic deny secret/%c/x',
      'pattern read %u%c/x',
      'pattern deny x/%u-%c/y',
    ]);
    expect(lost(migration)).toEqual([
      'acl:4: not granted: the level `%u%c` holds more than one variable',
      'acl:5: denied as `x/+/y`, which denies more: the level `%u-%c` holds more than one variable',
      'acl:2: not granted: the level `%u` stands for itself there, and would be a variable in a role',
      'acl:3: denied as `secret/+/x`, which denies more: the level `%c` stands for itself there, and would be a variable in a role',
    ]);
    expect(acls(migration, 'a')).toEqual([
      '-publishClientSend secret/+/x',
      '-publishClientReceive secret/+/x',
    ]);
  });

  it('keeps the common topics from who has a wildcard in its name', () => {
    const decide = decideByDocument(
      writeDocument(migrate(['pattern read open', 'user a+b', 'topic read own']).configuration),
    );
    const may = (topic: string): boolean =>
      decide({ username: 'a+b', clientid: 'c', access: 'publishClientReceive', topic });
    expect([may('open'), may('own')]).toEqual([false, true]);
  });

  it('tells where versions of Mosquitto read a pattern otherwise', () => {
    expect(notes(migrate(['pattern read a/%u', 'pattern read b/x%u'])).join('\n')).toMatch(
      /^acl:2: a variable in a part of a level/m,
    );
    expect(notes(migrate(['pattern read %c/%u'])).join()).not.toContain('part of a level');
  });

  it('is deterministic, and says the same of a thing once', () => {
    const acl = [
      'pattern read %u%c',
      'user x/y',
      'user $z',
      'topic a',
      'user x/y',
      'topic b',
      'pattern read ok/%u',
    ];
    expect(migrate(acl)).toEqual(migrate(acl));
    expect(lost(migrate(acl)).filter((line) => line.startsWith('acl:1:'))).toHaveLength(1);
  });
});

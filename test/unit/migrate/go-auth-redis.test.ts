import * as fc from 'fast-check';
import { migrateGoAuthRedis } from '../../../src/migrate/go-auth/migrate-go-auth-redis.js';
import type { RedisKey } from '../../../src/migrate/go-auth/redis-keys.js';
import type { Migration } from '../../../src/migrate/migration.js';
import { writeDocument } from '../../../src/migrate/migration.js';
import type { GoAuthRequest, ReferenceSets } from '../../reference/go-auth.js';
import { redisAllows } from '../../reference/go-auth.js';
import { decideByDocument } from '../../support/decide-by.js';
import {
  commonTopic,
  goAuthRequest,
  isBeyondWildcards,
  isForPlugins,
  ownTopic,
  USERNAMES,
} from '../../support/go-auth-arbitraries.js';
import { acls, lost, notes } from '../../support/migration.js';
import { testSeed } from '../../support/seed.js';

const HASH = `PBKDF2$sha512$1$c2FsdA==$${Buffer.alloc(64).toString('base64')}`;
const ACCESSES = { 1: 'publishClientReceive', 2: 'publishClientSend', 4: 'subscribe' } as const;

const hash = (key: string, value = HASH): RedisKey => ({ key, type: 'string', value });
const set = (key: string, ...members: string[]): RedisKey => ({ key, type: 'set', members });

function migrate(
  keys: readonly RedisKey[],
  options: Partial<Parameters<typeof migrateGoAuthRedis>[1]> = {},
): Migration {
  return migrateGoAuthRedis(keys, { saltEncoding: 'base64', superusers: true, ...options });
}

describe('migrating the Redis of mosquitto-go-auth', () => {
  it('makes clients of users, with their hashes as they are', () => {
    const migration = migrate([
      hash('bob'),
      hash('alice', '$2a$05$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC'),
    ]);
    expect(
      [...migration.configuration.clients.values()].map(({ username, password }) => [username, password]),
    ).toEqual([
      ['alice', { encoded: '$2a$05$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC' }],
      ['bob', { encoded: HASH }],
    ]);
    expect(lost(migration)).toEqual([]);
    expect(notes(migration).join()).toMatch(/: bcrypt \(1\), PBKDF2 as mosquitto-go-auth writes it \(1\)/);
  });

  it('gives each set its access: reading and writing do not include subscribing', () => {
    const migration = migrate([
      hash('alice'),
      set('alice:racls', 'r'),
      set('alice:wacls', 'w'),
      set('alice:rwacls', 'rw'),
      set('alice:sacls', 's'),
    ]);
    expect(acls(migration, 'alice')).toEqual([
      '+publishClientSend w',
      '+publishClientSend rw',
      '+publishClientReceive r',
      '+publishClientReceive rw',
      '+subscribePattern s',
    ]);
    expect(migration.configuration.defaultACLAccess).toEqual({
      publishClientSend: false,
      publishClientReceive: false,
      subscribe: false,
      unsubscribe: true,
    });
  });

  it('gives the common sets as one role, by one group, with variables', () => {
    const migration = migrate([
      hash('alice'),
      hash('bob'),
      set('common:rwacls', 'home/%u/#', 'by-%c/x', 'all'),
    ]);
    expect(acls(migration, 'every-client')).toEqual([
      '+publishClientSend all',
      '+publishClientSend by-%{clientid}/x',
      '+publishClientSend home/%u/#',
      '+publishClientReceive all',
      '+publishClientReceive by-%{clientid}/x',
      '+publishClientReceive home/%u/#',
    ]);
    expect([...migration.configuration.roles.keys()]).toEqual(['every-client']);
    expect([...migration.configuration.clients.values()].map(({ groups }) => groups[0]?.groupname)).toEqual([
      'every-client',
      'every-client',
    ]);
  });

  it('takes superusers over, unless they were switched off', () => {
    const keys = [hash('alice'), hash('alice:su', 'true'), hash('bob'), hash('bob:su', 'TRUE')];
    const superusers = (migration: Migration): readonly string[] =>
      [...migration.configuration.clients.values()]
        .filter((client) => client.superuser)
        .map(({ username }) => username);
    expect(superusers(migrate(keys))).toEqual(['alice']);
    expect(notes(migrate(keys))).toContain(
      ': superusers, which Gatehouse knows and Mosquitto does not: `alice`',
    );
    expect(superusers(migrate(keys, { superusers: false }))).toEqual([]);
  });

  it('keeps who has rules and no hash, and says so', () => {
    const migration = migrate([set('by certificate:racls', 'a'), hash('admin:su', 'true')]);
    expect([...migration.configuration.clients.keys()]).toEqual(['admin', 'by certificate']);
    expect(notes(migration).join()).toContain(
      'no password was found for 2 clients: `admin`, `by certificate`',
    );
  });

  it('knows a user whose name ends like a key from the key', () => {
    const migration = migrate([
      hash('bob:su'),
      hash('eve:racls'),
      set('eve:racls:wacls', 'a'),
      set('common', 'x'),
    ]);
    expect([...migration.configuration.clients.keys()]).toEqual(['bob:su', 'eve:racls']);
    expect(acls(migration, 'eve:racls')).toEqual(['+publishClientSend a']);
  });

  it('reports what it cannot carry over, by key', () => {
    const migration = migrate([
      hash('alice', 'PBKDF2$sha512$1$salty$x'),
      set('alice:racls', 'home/%u', 'a+', 'fine'),
      set('common:sacls', '%u%c/a', 'a/#/b'),
      { key: 'bob:racls', type: 'other', actualType: 'list' },
      set('b\u0000b:racls', 'x'),
    ]);
    expect(lost(migration)).toEqual([
      'bob:racls: holds a list, where mosquitto-go-auth reads a set of topics',
      'b\u0000b: this is not UTF-8 as MQTT allows it',
      'common:sacls: not granted: `a/#/b` is no topic filter',
      'common:sacls: not granted: the level `%u%c` holds more than one variable',
      'alice: `alice` cannot log in: what stands for its password has a salt that is not base64',
      'alice:racls: not granted: `a+` is no topic filter',
      'alice:racls: not granted: the level `%u` stands for itself there, and would be a variable in a role',
    ]);
    expect(acls(migration, 'alice')).toEqual(['+publishClientReceive fine']);
    expect(migration.configuration.clients.get('alice')?.password).toBeUndefined();
  });

  it('reads salts that are text where it is told to', () => {
    const textual = `PBKDF2$sha512$1$säl:t$${Buffer.alloc(64).toString('base64')}`;
    const encoded = textual.replace('säl:t', Buffer.from('säl:t').toString('base64'));
    const migration = migrate([hash('alice', textual)], { saltEncoding: 'utf-8' });
    expect(migration.configuration.clients.get('alice')?.password).toEqual({ encoded });
    expect(lost(migrate([hash('alice', textual)]))).toHaveLength(1);
  });

  it('never makes an administrator of a wildcard, and notes where a rule makes one', () => {
    const migration = migrate([
      hash('alice'),
      set('alice:wacls', '#', '+/#'),
      hash('bob'),
      set('bob:wacls', '$CONTROL/dynamic-security/#'),
    ]);
    const decide = decideByDocument(writeDocument(migration.configuration));
    const topic = '$CONTROL/dynamic-security/v1';
    const may = (username: string): boolean =>
      decide({ username, clientid: 'c', access: 'publishClientSend', topic });
    expect([may('alice'), may('bob')]).toEqual([false, true]);
    expect(notes(migration).join()).toContain('bob:wacls: `$CONTROL/dynamic-security/#`: ');
    expect(notes(migration).join()).toContain('`$SYS`');
  });

  const sets = (topic: fc.Arbitrary<string>): fc.Arbitrary<ReferenceSets> => {
    const some = fc.uniqueArray(topic, { maxLength: 4 });
    return fc.record({ racls: some, wacls: some, rwacls: some, sacls: some });
  };

  it('decides as mosquitto-go-auth does, and never allows more', () => {
    const own = fc.tuple(...USERNAMES.map(() => sets(ownTopic)));
    const requests = fc.array(goAuthRequest, { minLength: 60, maxLength: 60 });
    let allowed = 0;
    let compared = 0;
    fc.assert(
      fc.property(own, sets(commonTopic), requests, (ownSets, common, asked) => {
        const keys = [
          ...USERNAMES.map((name) => hash(name)),
          ...USERNAMES.flatMap((name, i) => keysOf(name, ownSets[i] ?? {})),
          ...keysOf('common', common),
        ];
        const migration = migrate(keys);
        expect(lost(migration)).toEqual([]);
        const decide = decideByDocument(writeDocument(migration.configuration));
        for (const request of asked.filter(isForPlugins)) {
          const theirs = redisAllows(ownSets[USERNAMES.indexOf(request.username)] ?? {}, common, request);
          const { username, clientid, topic } = request;
          const ours = decide({ username, clientid, access: ACCESSES[request.acc], topic });
          compared += 1;
          allowed += ours ? 1 : 0;
          if (ours !== theirs && (ours || !isLeftOut(request))) {
            throw new Error(JSON.stringify({ request, theirs, ours }));
          }
        }
      }),
      { seed: testSeed(), numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(5_000);
    expect(allowed).toBeGreaterThan(500);
  });
});

function keysOf(owner: string, sets: ReferenceSets): readonly RedisKey[] {
  return Object.entries(sets).flatMap(([name, members]) =>
    members.length > 0 ? [set(`${owner}:${name}`, ...(members as string[]))] : [],
  );
}

/** Narrower on purpose: a `+` covers no `#`, and wildcards not all that begins with `$`. */
function isLeftOut(request: GoAuthRequest): boolean {
  return isBeyondWildcards(request) || (request.acc === 4 && request.topic.endsWith('#'));
}

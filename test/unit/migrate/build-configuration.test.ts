import * as fc from 'fast-check';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import { buildConfiguration } from '../../../src/migrate/build-configuration.js';
import { GRANTED_BY_RULES } from '../../../src/migrate/default-access.js';
import type { Installation, MigratedClient } from '../../../src/migrate/installation.js';
import type { MigratedRule } from '../../../src/migrate/migrated-rule.js';
import type { Migration } from '../../../src/migrate/migration.js';
import { writeDocument } from '../../../src/migrate/migration.js';
import { decideBy } from '../../support/decide-by.js';
import { acls, rolesByClient } from '../../support/migration.js';
import { testSeed } from '../../support/seed.js';

const send = (topic: string, allow = true): MigratedRule => ({
  topic,
  allow,
  acltypes: ['publishClientSend'],
});
const client = (username: string, ...rules: readonly MigratedRule[]): MigratedClient => ({
  username,
  superuser: false,
  rules,
});

function build(installation: Partial<Installation>): Migration {
  const whole = { clients: [], common: { denials: [], rules: [] }, defaultACLAccess: GRANTED_BY_RULES };
  return { configuration: buildConfiguration({ ...whole, ...installation }), findings: [] };
}

describe('building a configuration', () => {
  it('gives one role to clients whose rules differ in nothing but their own names', () => {
    const migration = build({
      clients: ['alice', 'bob', 'carol'].map((name) => client(name, send(`home/${name}/#`), send('news'))),
    });
    expect(rolesByClient(migration)).toEqual({
      alice: ['own-topics'],
      bob: ['own-topics'],
      carol: ['own-topics'],
    });
    expect(acls(migration, 'own-topics')).toEqual([
      '+publishClientSend home/%u/#',
      '+publishClientSend news',
    ]);
    expect(migration.configuration.roles.get('own-topics')?.textname).toBe(
      'Rules of 3 clients: `alice`, `bob`, `carol`',
    );
  });

  it('gives one role to clients with the same rules in whatever order', () => {
    const migration = build({
      clients: [
        client('a', send('x'), send('y')),
        client('b', send('y'), send('x'), send('y')),
        client('c', send('x')),
      ],
    });
    expect(rolesByClient(migration)).toEqual({ a: ['shared'], b: ['shared'], c: ['c'] });
  });

  it('leaves a name as it is where nobody shares the role', () => {
    const migration = build({
      clients: [client('alice', send('home/alice')), client('bob', send('home/alice'))],
    });
    expect(rolesByClient(migration)).toEqual({ alice: ['shared'], bob: ['shared'] });
    expect(acls(migration, 'shared')).toEqual(['+publishClientSend home/alice']);
    expect(acls(build({ clients: [client('alice', send('home/alice'))] }), 'alice')).toEqual([
      '+publishClientSend home/alice',
    ]);
  });

  it.each(['a/b', '$x', 'a+b', '#'])('never has `%%u` stand for `%s`', (odd) => {
    const migration = build({ clients: [client(odd, send(`${odd}/x`)), client('plain', send('plain/x'))] });
    expect([...migration.configuration.roles.keys()]).toEqual([odd, 'plain'].sort());
  });

  it('names no two roles alike, whatever the users are called', () => {
    const migration = build({
      clients: [
        client('every-client', send('x')),
        client('every-client-2', send('y')),
        client('shared', send('z')),
        client('a', send('s')),
        client('b', send('s')),
      ],
      common: { denials: [], rules: [send('c')] },
    });
    expect(rolesByClient(migration)).toEqual({
      a: ['shared'],
      b: ['shared'],
      'every-client': ['every-client-2'],
      'every-client-2': ['every-client-2-2'],
      shared: ['shared-2'],
    });
    expect(acls(migration, 'every-client')).toEqual(['+publishClientSend c']);
  });

  it('keeps a denial and drops the grant of the same topic', () => {
    const migration = build({ clients: [client('a', send('x'), send('x', false))] });
    expect(acls(migration, 'a')).toEqual(['-publishClientSend x']);
  });

  it('serves clients without a user name only where there are rules for them', () => {
    expect(build({ anonymous: { rules: [], common: [] } }).configuration.anonymousGroup).toBeUndefined();
    const { configuration } = build({ anonymous: { rules: [send('a')], common: [] } });
    expect(configuration.anonymousGroup).toBe('anonymous');
  });

  it('decides in the order that it promises, and is a flawless document', () => {
    const topic = fc.constantFrom('a', 'b', 'c', 'a/x', 'b/x', '+', '+/x', '#', 'a/#', '%u', '%u/x', 'x');
    const rule = fc.record({ topic, allow: fc.boolean() }).map(({ topic: text, allow }) => send(text, allow));
    const rules = fc.array(rule, { maxLength: 4 });
    const common = fc.record({
      denials: rules.map((list) => list.map((each) => ({ ...each, allow: false }))),
      rules,
    });
    const installation = fc.record({ a: rules, b: rules, c: rules, special: common, common });
    fc.assert(
      fc.property(installation, ({ a, b, c, special, common: forAll }) => {
        const clients = [client('a', ...a), client('b', ...b), { ...client('c', ...c), common: special }];
        const { configuration } = build({ clients, common: forAll });
        const parsed = parseConfiguration(JSON.parse(writeDocument({ ...configuration })));
        expect(parsed.findings).toEqual([]);
        const decide = decideBy(parsed.configuration ?? configuration);
        for (const { username, rules: own, common: ownCommon = forAll } of clients) {
          for (const asked of ['a', 'b', 'x', 'a/x', 'b/x', 'x/x', 'c', 'c/x']) {
            const question = { username, clientid: 'i', access: 'publishClientSend' as const, topic: asked };
            expect({ username, asked, allowed: decide(question) }).toEqual({
              username,
              asked,
              allowed: allowedInOrder([ownCommon.denials, own, ownCommon.rules], username, asked),
            });
          }
        }
      }),
      { seed: testSeed(), numRuns: 300 },
    );
  });
});

/** The first list with a rule that applies decides, a denial in it before a grant. */
function allowedInOrder(
  lists: readonly (readonly MigratedRule[])[],
  username: string,
  topic: string,
): boolean {
  for (const rules of lists) {
    const applying = rules.filter((rule) => applies(rule.topic.replaceAll('%u', username), topic));
    if (applying.length > 0) return applying.every(({ allow }) => allow);
  }
  return false;
}

function applies(filter: string, topic: string): boolean {
  const text = filter
    .replaceAll('+', '[^/]*')
    .replace(/(^|\/)#$/, (_all, slash: string) => (slash ? '(/.*)?' : '.*'));
  return new RegExp(`^${text}$`).test(topic);
}

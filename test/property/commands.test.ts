/**
 * What is true after any sequence of commands.
 */
import * as fc from 'fast-check';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../src/dynsec/document/to-document.js';
import { ACCESSES } from '../../src/dynsec/entities.js';
import { runCommands } from '../../src/dynsec/commands/run-commands.js';
import { decide } from '../../src/dynsec/decide.js';
import { subjectOf } from '../../src/dynsec/subject.js';
import type { Snapshot } from '../../src/gate/ports.js';
import { POPULATED, randomCommand, TOPICS, USERNAMES } from '../support/commands/command-arbitraries.js';
import { faultsOf, faultsOfIndex } from '../support/commands/realm-invariants.js';
import { TestRealm } from '../support/commands/test-realm.js';
import { testSeed } from '../support/seed.js';

const RUNS = { seed: testSeed(), numRuns: 300 };

const batches = fc.array(fc.array(randomCommand, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 12,
});

describe('any sequence of commands', () => {
  it('leaves references that refer to something, lists in their order, and an index that agrees', () => {
    fc.assert(
      fc.property(batches, (requests) => {
        const realm = populated();
        for (const commands of requests) {
          realm.run(...commands);
          expect(faultsOf(realm.realm.configuration())).toEqual([]);
          expect(faultsOfIndex(realm.realm)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('is carried out often enough to be a test of anything', () => {
    const replies = fc
      .sample(batches, { seed: testSeed(), numRuns: 100 })
      .flatMap((requests) => requests.flatMap((commands) => populated().run(...commands).responses));
    const done = replies.filter(({ error }) => error === undefined).length;
    expect(done / replies.length).toBeGreaterThan(0.4);
    expect(done / replies.length).toBeLessThan(0.9);
  });

  it('leads to a document that is read as the same realm, with the same decisions', () => {
    fc.assert(
      fc.property(batches, (requests) => {
        const realm = populated();
        for (const commands of requests) realm.run(...commands);
        const document = realm.document();
        const text = JSON.stringify(document);
        const { configuration, findings } = parseConfiguration(JSON.parse(text));
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(configuration && JSON.stringify(toDocument(configuration))).toBe(text);
        const again = new TestRealm(JSON.parse(text)).realm.snapshot();
        expect(decisions(again)).toBe(decisions(realm.realm.snapshot()));
      }),
      RUNS,
    );
  });

  it('changes nothing that was seen before, and nothing at all unless it is committed', () => {
    fc.assert(
      fc.property(batches, (requests) => {
        const realm = populated();
        const before = shown(realm);
        const snapshot = realm.realm.snapshot();
        const decided = decisions(snapshot);
        const draft = realm.realm.draft();
        for (const commands of requests) runCommands(draft, { commands }, CONTEXT);
        expect(shown(realm)).toBe(before);
        for (const commands of requests) realm.run(...commands);
        expect(decisions(snapshot)).toBe(decided);
      }),
      RUNS,
    );
  });

  it('changes nothing where it answers errors alone, and counts what it does where it does not', () => {
    fc.assert(
      fc.property(fc.array(randomCommand, { maxLength: 30 }), (commands) => {
        const realm = populated();
        for (const command of commands) {
          const before = realm.realm.configuration();
          const reply = realm.reply(command);
          const after = realm.realm.configuration();
          const isChange = reply?.error === undefined && reply?.data === undefined;
          expect(after.changeIndex).toBe(before.changeIndex + (isChange ? 1 : 0));
          if (!isChange) expect(after).toEqual(before);
        }
      }),
      RUNS,
    );
  });

  it('as an atomic batch is done as a whole, or not at all and nobody is kicked', () => {
    fc.assert(
      fc.property(fc.array(randomCommand, { minLength: 1, maxLength: 5 }), (commands) => {
        const [atomic, stepwise] = [populated(), populated()];
        const before = shown(atomic);
        const { responses, isUndone, kicked } = atomic.send({ commands }, { atomic: true });
        const errors = stepwise.run(...commands).responses.filter(({ error }) => error !== undefined);
        expect(isUndone).toBe(errors.length > 0);
        expect(responses).toHaveLength(commands.length);
        expect(responses.every(({ error }) => error !== undefined)).toBe(isUndone);
        expect(shown(atomic)).toBe(isUndone ? before : shown(stepwise));
        if (isUndone) expect(kicked).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is answered alike over one batch and over a batch for each command', () => {
    fc.assert(
      fc.property(fc.array(randomCommand, { minLength: 1, maxLength: 6 }), (commands) => {
        const [together, apart] = [populated(), populated()];
        const one = together.run(...commands);
        const each = commands.map((command) => apart.run(command));
        expect(one.responses).toEqual(each.flatMap(({ responses }) => responses));
        expect(shown(together).replaceAll(/hash-\d+/g, '')).toBe(shown(apart).replaceAll(/hash-\d+/g, ''));
      }),
      RUNS,
    );
  });
});

const CONTEXT = {
  mint: () => 'minted',
  hashedPassword: () => ({ encoded: 'hash' }),
};

function populated(): TestRealm {
  const realm = new TestRealm();
  expect(realm.run(...POPULATED).responses.filter(({ error }) => error !== undefined)).toEqual([]);
  return realm;
}

function shown(realm: TestRealm): string {
  return JSON.stringify(realm.document());
}

/** What everybody may do, as one text. */
function decisions(snapshot: Snapshot): string {
  const asked = TOPICS.flatMap((text) => [text, text.replaceAll(/%\{?\w+\}?/g, 'a')]);
  const lines = [...USERNAMES, null, 'nobody'].flatMap((username) =>
    ACCESSES.flatMap((access) =>
      asked.map((topic) => {
        const subject = subjectOf(username, (name) => snapshot.client(name));
        const { allowed, reason } = decide(snapshot.policy, subject, { access, topic, clientid: 'c' });
        return [username, access, topic, allowed, reason].join(' ');
      }),
    ),
  );
  return lines.join('\n');
}

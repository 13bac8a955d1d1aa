/** Stores with less room than clients, beside others that have room for all: what they show is the same. */
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { runCommands } from '../../src/dynsec/commands/run-commands.js';
import { toDocument } from '../../src/dynsec/document/to-document.js';
import { ACCESSES } from '../../src/dynsec/entities.js';
import { createAuthorize } from '../../src/gate/authorize.js';
import type { RealmStore } from '../../src/gate/ports.js';
import { POPULATED, randomCommand, USERNAMES } from '../support/commands/command-arbitraries.js';
import { TestRealm } from '../support/commands/test-realm.js';
import { eventually } from '../support/e2e/eventually.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import { testSeed } from '../support/seed.js';
import { seededRandom } from '../support/seeded-random.js';
import { ClientNotHeldError } from '../../src/gate/errors.js';
import { openRedisStore, type OpenRedisStore } from '../support/store/redis-store.js';
import { ADMIN, documentOf, send } from '../support/store/send.js';
import { parsed } from '../contract/realm-store-contract.js';

let redis: RedisServer;
const opened: OpenRedisStore[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(() => redis.stop());

async function open(realm: string, clientsHeld?: number, document?: object): Promise<RealmStore> {
  const options = {
    ...(clientsHeld === undefined ? {} : { clientsHeld }),
    ...(document ? { document } : {}),
  };
  const each = await openRedisStore(redis.url, { realm, ...options });
  opened.push(each);
  return each.store;
}

async function untilAt(store: RealmStore, revision: string): Promise<void> {
  await eventually(
    () => store.snapshot().revision,
    (current) => current === revision,
  );
}

const EMPTY = { defaultACLAccess: {}, clients: [], groups: [], roles: [] };
const batches = fc.array(fc.array(randomCommand, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 10,
});
const TOPICS_ASKED = ['t', 'a/t', 't/g'];

/** Every decision about every user, in words. */
async function decisionsOf(store: RealmStore): Promise<readonly string[]> {
  const authorize = createAuthorize(store);
  const decisions: string[] = [];
  for (const username of [...USERNAMES, 'nobody', '']) {
    for (const topic of TOPICS_ASKED) {
      for (const access of ACCESSES) {
        await store.hold?.(username);
        const { allowed, reason } = authorize({ username, clientid: 'c', topic, access });
        decisions.push([username, topic, access, allowed, reason].join(' '));
      }
    }
  }
  return decisions;
}

describe('any sequence of commands', () => {
  it.each([1, 2])('is carried out alike with %i clients in memory, and with all', async (clientsHeld) => {
    const realm = randomUUID();
    const [bounded, follower] = [await open(realm, clientsHeld), await open(realm, clientsHeld)];
    let minted = 0;
    await fc.assert(
      fc.asyncProperty(batches, async (requests) => {
        await bounded.replace(ADMIN, parsed(EMPTY));
        const reference = new TestRealm(EMPTY);
        for (const commands of [POPULATED, ...requests]) {
          const ran = reference.run(...commands);
          const { result, revision, kicked } = await bounded.commit(ADMIN, (draft) => {
            const { reply } = runCommands(
              draft,
              { commands },
              {
                mint: () => `of-the-store-${String(++minted)}`,
                hashedPassword: (commandIndex) => ({ encoded: `hash-${String(commandIndex)}` }),
              },
            );
            return { result: reply.responses, commands: [] };
          });
          expect(result).toEqual(ran.responses);
          expect(kicked()).toEqual(ran.kicked);
          const snapshot = reference.realm.snapshot();
          const expected = await decisionsOf({ snapshot: () => snapshot } as RealmStore);
          await untilAt(follower, revision);
          for (const store of [bounded, follower]) {
            expect(await decisionsOf(store)).toEqual(expected);
            expect(await documentOf(store)).toEqual(toDocument(reference.realm.configuration()));
          }
        }
      }),
      { seed: testSeed(), numRuns: 12 },
    );
  });
});

describe('a client that is fetched while everything changes', () => {
  const NAMES = Array.from({ length: 12 }, (_, i) => `u${String(i)}`);
  const document = { ...EMPTY, clients: NAMES.map((username) => ({ username, textname: '0' })) };

  it.each([
    ['a change log that is kept', {}],
    ['one that is cut short, so that the realm is read anew', { changesKept: 1 }],
  ])('is always of the state in force, with %s', async (_, options) => {
    const realm = randomUUID();
    const writer = await openRedisStore(redis.url, { realm, document, ...options });
    opened.push(writer);
    const bounded = await open(realm, 1);
    /** The texts of all clients, by revision. */
    const history = new Map([[writer.store.snapshot().revision, new Map(NAMES.map((name) => [name, '0']))]]);
    writer.store.changes.subscribe(({ revision }) => {
      const { client } = writer.store.snapshot();
      history.set(revision, new Map(NAMES.map((name) => [name, client(name)?.textname ?? '-'])));
    });
    let isOver = false;
    let looks = 0;
    const seen: [string, string, string][] = [];
    const look = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      while (!isOver) {
        const username = NAMES[Math.floor(random() * NAMES.length)] ?? '';
        try {
          await bounded.hold?.(username);
        } catch (error) {
          // A busy machine may be too slow for it: then nothing is decided.
          if (error instanceof ClientNotHeldError) continue;
          throw error;
        }
        const { revision, client } = bounded.snapshot();
        seen.push([revision, username, client(username)?.textname ?? '-']);
        looks++;
      }
    };
    const lookers = [1, 2, 3].map(look);
    const random = seededRandom(7);
    for (let i = 1; i <= 300; i++) {
      const username = NAMES[Math.floor(random() * NAMES.length)] ?? '';
      const textname = String(i);
      if (i % 5 === 0) await send(writer.store, { command: 'deleteClient', username });
      else if (writer.store.snapshot().client(username))
        await send(writer.store, { command: 'modifyClient', username, textname });
      if (i % 5 === 0) await send(writer.store, { command: 'createClient', username, textname });
    }
    isOver = true;
    await Promise.all(lookers);
    expect(looks).toBeGreaterThan(100);
    const wrong = seen.filter(([revision, username, text]) => history.get(revision)?.get(username) !== text);
    expect(wrong).toEqual([]);
    expect(new Set(seen.map(([revision]) => revision)).size).toBeGreaterThan(20);
  });
});

describe('a change of more entities than are written one by one', () => {
  it('is the same where few clients are in memory', async () => {
    const realm = randomUUID();
    const document = { ...EMPTY, groups: [{ groupname: 'g' }], roles: [{ rolename: 'r' }] };
    const [bounded, whole] = [await open(realm, 2, document), await open(realm)];
    const names = Array.from({ length: 5_100 }, (_, i) => `u${String(i).padStart(4, '0')}`);
    const documentWith = (usernames: readonly string[]): object => ({
      ...document,
      groups: [{ groupname: 'g', clients: usernames.map((username) => ({ username })) }],
      clients: usernames.map((username) => ({ username, roles: [{ rolename: 'r' }] })),
    });
    await bounded.replace(ADMIN, parsed(documentWith(names)));
    const acl = { acltype: 'publishClientSend', topic: 't', allow: true };
    const granted = await send(bounded, { command: 'addRoleACL', rolename: 'r', ...acl });
    expect(granted.kicked()).toEqual(names);
    const created = await send(
      bounded,
      ...names.map((username) => ({ command: 'modifyClient', username, textname: 'new' })),
    );
    await untilAt(whole, created.revision);
    expect(await documentOf(whole)).toEqual(await documentOf(bounded));
    const { revision, kicked } = await bounded.replace(ADMIN, parsed(documentWith(names.slice(0, 10))));
    expect(kicked()).toEqual(names);
    await untilAt(whole, revision);
    expect((await whole.whole()).configuration.clients.size).toBe(10);
    expect(await documentOf(whole)).toEqual(await documentOf(bounded));
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { decide } from '../../src/dynsec/decide.js';
import { subjectOf } from '../../src/dynsec/subject.js';
import { StoreError } from '../../src/gate/errors.js';
import type { RealmStore } from '../../src/gate/ports.js';
import { eventually } from '../support/e2e/eventually.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { seededRandom } from '../support/seeded-random.js';
import type { OpenOptions, OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { send, sendAll } from '../support/store/send.js';

/** Two roles of one client: whatever happens, one of them denies `secret`, and the other allows everything. */
const DOCUMENT = {
  defaultACLAccess: {
    publishClientSend: false,
    publishClientReceive: false,
    subscribe: false,
    unsubscribe: false,
  },
  clients: Array.from({ length: 8 }, (_, i) => ({
    username: `u${String(i)}`,
    roles: [{ rolename: 'a' }, { rolename: 'b' }, { rolename: 'own' }],
  })),
  groups: [],
  roles: [
    { rolename: 'a', acls: [deny('secret')] },
    { rolename: 'b', acls: [] },
    { rolename: 'own', acls: [allow('#', 1)] },
  ],
};

function deny(topic: string): object {
  return { acltype: 'publishClientSend', topic, priority: 9, allow: false };
}

function allow(topic: string, priority: number): object {
  return { acltype: 'publishClientSend', topic, priority, allow: true };
}

/** What is decided; undefined: nothing, for the client is not held and cannot be fetched. */
async function isAllowed(store: RealmStore, username: string, topic: string): Promise<boolean | undefined> {
  try {
    await store.hold?.(username);
  } catch {
    return undefined;
  }
  const snapshot = store.snapshot();
  const subject = subjectOf(username, (name) => snapshot.client(name));
  return decide(snapshot.policy, subject, { access: 'publishClientSend', topic, clientid: 'c' }).allowed;
}

/** The promise, in ms. */
const PROMISE_MS = 1_000;
const CHANGES = 400;
const INSTANCES = 4;

describe('freshness', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const open = (realm: string, options: OpenOptions = {}): Promise<OpenRedisStore> =>
    openRedisStore(redis.url, { realm, document: DOCUMENT, ...options });

  /** Random changes through random instances, each looked for on all of them. */
  async function changeAtRandom(instances: readonly OpenRedisStore[], seed: number): Promise<number[]> {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const stores = instances.map(({ store }) => store);
    const delays: number[] = [];
    let deniedIn = 'a';
    for (let i = 0; i < CHANGES; i++) {
      const store = pick(stores);
      const username = `u${String(Math.floor(random() * 8))}`;
      const kind = pick(['revoke', 'disable', 'recreate', 'move'] as const);
      let isDone: (store: RealmStore) => Promise<boolean>;
      if (kind === 'revoke') {
        const topic = `t/${String(i)}`;
        await insist(() => send(store, { command: 'addRoleACL', rolename: 'a', ...deny(topic) }));
        isDone = async (each) => (await isAllowed(each, username, topic)) === false;
      } else if (kind === 'disable') {
        await insist(() => send(store, { command: 'disableClient', username }));
        await Promise.all(
          stores.map((each) => within(async () => (await isAllowed(each, username, 'x')) === false, delays)),
        );
        await insist(() => send(store, { command: 'enableClient', username }));
        isDone = async (each) => (await isAllowed(each, username, 'x')) === true;
      } else if (kind === 'recreate') {
        const textname = String(i);
        const roles = [{ rolename: 'a' }, { rolename: 'b' }, { rolename: 'own' }];
        await insist(() =>
          sendAll(store, [
            { command: 'deleteClient', username },
            { command: 'createClient', username, textname, roles },
          ]),
        );
        isDone = async (each) => {
          await each.hold?.(username)?.catch(() => undefined);
          return textOf(each, username) === textname;
        };
      } else {
        const target = deniedIn === 'a' ? 'b' : 'a';
        await insist(() =>
          sendAll(
            store,
            [
              { command: 'removeRoleACL', rolename: deniedIn, acltype: 'publishClientSend', topic: 'secret' },
              { command: 'addRoleACL', rolename: target, ...deny('secret') },
            ],
            { atomic: true },
          ),
        );
        deniedIn = target;
        isDone = (each) =>
          Promise.resolve(
            each
              .snapshot()
              .policy.roles.get(target)
              ?.role.acls.some(({ topic }) => topic === 'secret') ?? false,
          );
      }
      await Promise.all(stores.map((each) => within(() => isDone(each), delays)));
    }
    return delays;
  }

  /** Watches, as often as it can, for a state in which nobody denies `secret`. */
  function watchForHoles(instances: readonly OpenRedisStore[]): {
    holes: number;
    looks: number;
    stop: () => void;
  } {
    const seen = { holes: 0, looks: 0, stop: (): void => clearInterval(timer) };
    const timer = setInterval(() => {
      for (const { store } of instances) {
        void isAllowed(store, 'u0', 'secret').then((is) => {
          if (is !== undefined) seen.looks++;
          if (is) seen.holes++;
        });
      }
    }, 1);
    return seen;
  }

  it.each([
    ['as it comes', {}, false],
    ['with a stream that keeps two changes', { changesKept: 2 }, false],
    ['while connections are killed at random', {}, true],
    ['with one client held', { clientsHeld: 1 }, false],
    ['with one client held, while connections are killed at random', { clientsHeld: 1 }, true],
  ] as const)('is within a second everywhere, %s', async (_how, options, isKilling) => {
    const realm = randomUUID();
    const instances = await Promise.all(Array.from({ length: INSTANCES }, () => open(realm, options)));
    const holes = watchForHoles(instances);
    const killer = isKilling ? startKiller(redis.url) : undefined;
    try {
      const delays = await changeAtRandom(instances, 1);
      if (killer) expect(killer.count()).toBeGreaterThan(10);
      expect(holes.looks).toBeGreaterThan(100);
      expect(holes.holes).toBe(0);
      expect(delays.filter((delay) => delay > PROMISE_MS)).toEqual([]);
    } finally {
      await killer?.stop();
      holes.stop();
      await Promise.all(instances.map((each) => each.close()));
    }
  });
});

/** Undefined too where the client is not held. */
function textOf(store: RealmStore, username: string): string | undefined {
  try {
    return store.snapshot().client(username)?.textname;
  } catch {
    return undefined;
  }
}

/** A change that is said not to have been made can be made again. */
async function insist<T>(change: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await sleep(20);
    }
  }
}

async function within(isDone: () => Promise<boolean>, delays: number[]): Promise<void> {
  const startedAt = performance.now();
  await eventually(isDone, Boolean);
  delays.push(performance.now() - startedAt);
}

function startKiller(url: string): { stop: () => Promise<void>; count: () => number } {
  const redis = new Redis(url);
  let count = 0;
  let isStopped = false;
  const running = (async () => {
    while (!isStopped) {
      const list = String(await redis.client('LIST'));
      const own = await redis.client('ID');
      const ids = [...list.matchAll(/^id=(\d+) /gm)]
        .map(([, id]) => id ?? '')
        .filter((id) => id !== String(own));
      const id = ids[Math.floor(Math.random() * ids.length)];
      if (id !== undefined) count += Number(await redis.client('KILL', 'ID', id));
      await sleep(150);
    }
  })();
  return {
    count: () => count,
    stop: async () => {
      isStopped = true;
      await running;
      redis.disconnect();
    },
  };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { decide } from '../../src/dynsec/decide.js';
import type { Client } from '../../src/dynsec/entities.js';
import { subjectOf } from '../../src/dynsec/subject.js';
import { StoreError } from '../../src/gate/errors.js';
import type { RealmStore } from '../../src/gate/ports.js';
import { eventually } from '../support/e2e/eventually.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { seededRandom } from '../support/seeded-random.js';
import type { OpenOptions, OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { sendAll } from '../support/store/send.js';

/**
 * Whatever happens, one of the roles `a` and `b` of all clients denies `secret`; and of the roles `c` and `d` the one
 * that `pair` holds denies `paired`. Their own role allows what these deny; members of the group may send to `grouped`.
 */
const DOCUMENT = {
  defaultACLAccess: {
    publishClientSend: false,
    publishClientReceive: false,
    subscribe: false,
    unsubscribe: false,
  },
  clients: [
    ...Array.from({ length: 8 }, (_, i) => ({ username: `u${String(i)}`, roles: rolesOf('a', 'b', 'own') })),
    { username: 'pair', roles: rolesOf('c', 'own') },
  ],
  groups: [{ groupname: 'g', roles: rolesOf('member'), clients: [] }],
  roles: [
    { rolename: 'a', acls: [deny('secret')] },
    { rolename: 'b', acls: [] },
    { rolename: 'c', acls: [deny('paired')] },
    { rolename: 'd', acls: [] },
    { rolename: 'member', acls: [allow('grouped')] },
    { rolename: 'own', acls: ['secret', 'paired', 'x', 't/#'].map(allow) },
  ],
};

function rolesOf(...rolenames: readonly string[]): readonly object[] {
  return rolenames.map((rolename) => ({ rolename }));
}

function deny(topic: string): object {
  return { acltype: 'publishClientSend', topic, priority: 9, allow: false };
}

function allow(topic: string): object {
  return { acltype: 'publishClientSend', topic, priority: 1, allow: true };
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

type Enforced = (store: RealmStore) => Promise<boolean>;

/** Commands, all or nothing, and how it shows that an instance enforces them. */
interface Step {
  readonly commands: readonly object[];
  readonly isEnforced: Enforced;
  /** How a password of theirs is stored. */
  readonly hashed?: string;
}

/** Where the denials are now. */
interface Places {
  secret: 'a' | 'b';
  paired: 'c' | 'd';
}

/** Every kind of change: what is done to a client one step after the other. `n` is another one each time. */
const KINDS: readonly ((username: string, n: number, places: Places) => readonly Step[])[] = [
  function revoke(username, n) {
    const topic = `t/${String(n)}`;
    const commands = [{ command: 'addRoleACL', rolename: 'a', ...deny(topic) }];
    return [{ commands, isEnforced: decides(username, topic, false) }];
  },
  function disable(username) {
    return [
      {
        commands: [{ command: 'disableClient', username }],
        isEnforced: decides(username, 'x', false),
      },
      {
        commands: [{ command: 'enableClient', username }],
        isEnforced: decides(username, 'x', true),
      },
    ];
  },
  function recreate(username, n) {
    const textname = String(n);
    const commands = [
      { command: 'deleteClient', username },
      { command: 'createClient', username, textname, roles: rolesOf('a', 'b', 'own') },
    ];
    return [{ commands, isEnforced: shows(username, { textname }) }];
  },
  function changePassword(username, n) {
    const hashed = `$7$101$c2FsdA==$${Buffer.from(String(n)).toString('base64')}`;
    const commands = [{ command: 'setClientPassword', username, password: 'x' }];
    return [{ commands, hashed, isEnforced: shows(username, { password: { encoded: hashed } }) }];
  },
  function join(username) {
    return [
      {
        commands: [{ command: 'addGroupClient', groupname: 'g', username }],
        isEnforced: decides(username, 'grouped', true),
      },
      {
        commands: [{ command: 'removeGroupClient', groupname: 'g', username }],
        isEnforced: decides(username, 'grouped', false),
      },
    ];
  },
  function recreateGroup(username) {
    return [
      {
        commands: [{ command: 'addGroupClient', groupname: 'g', username }],
        isEnforced: decides(username, 'grouped', true),
      },
      {
        commands: [
          { command: 'deleteGroup', groupname: 'g' },
          { command: 'createGroup', groupname: 'g', roles: rolesOf('member') },
        ],
        isEnforced: decides(username, 'grouped', false),
      },
    ];
  },
  function moveBetweenRoles(_username, _n, places) {
    const [from, to] = places.secret === 'a' ? (['a', 'b'] as const) : (['b', 'a'] as const);
    places.secret = to;
    return [{ commands: moved('secret', from, to), isEnforced: hasDenial(to, 'secret') }];
  },
  function moveWithClient(_username, _n, places) {
    const [from, to] = places.paired === 'c' ? (['c', 'd'] as const) : (['d', 'c'] as const);
    places.paired = to;
    const commands = [
      ...moved('paired', from, to),
      { command: 'modifyClient', username: 'pair', roles: rolesOf(to, 'own') },
    ];
    return [{ commands, isEnforced: hasDenial(to, 'paired') }];
  },
];

function moved(topic: string, from: string, to: string): readonly object[] {
  return [
    { command: 'removeRoleACL', rolename: from, acltype: 'publishClientSend', topic },
    { command: 'addRoleACL', rolename: to, ...deny(topic) },
  ];
}

function decides(username: string, topic: string, wanted: boolean): Enforced {
  return async (store) => (await isAllowed(store, username, topic)) === wanted;
}

function shows(username: string, wanted: Partial<Client>): Enforced {
  return async (store) => {
    try {
      await store.hold?.(username);
      return isDeepStrictEqual(
        { ...store.snapshot().client(username), ...wanted },
        store.snapshot().client(username),
      );
    } catch {
      return false;
    }
  };
}

function hasDenial(rolename: string, denied: string): Enforced {
  return (store) => {
    const acls = store.snapshot().policy.roles.get(rolename)?.role.acls ?? [];
    return Promise.resolve(acls.some(({ topic }) => topic === denied));
  };
}

/** The promise, in ms. */
const PROMISE_MS = 1_000;
const CHANGES = 200;
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
    const places: Places = { secret: 'a', paired: 'c' };
    for (let n = 0; n < CHANGES; n++) {
      const steps = pick(KINDS)(`u${String(Math.floor(random() * 8))}`, n, places);
      for (const { commands, isEnforced, ...how } of steps) {
        const { result } = await insist(() => sendAll(pick(stores), commands, { atomic: true, ...how }));
        expect(result.filter(({ error }) => error !== undefined)).toEqual([]);
        await Promise.all(stores.map((store) => within(() => isEnforced(store), delays)));
      }
    }
    return delays;
  }

  /** Watches, as often as it can, for a state in which nobody denies `secret`, or `paired` to `pair`. */
  function watchForHoles(instances: readonly OpenRedisStore[]): {
    holes: number;
    looks: number;
    stop: () => void;
  } {
    const seen = { holes: 0, looks: 0, stop: (): void => clearInterval(timer) };
    const timer = setInterval(() => {
      for (const { store } of instances) {
        for (const [username, topic] of [
          ['u0', 'secret'],
          ['pair', 'paired'],
        ] as const) {
          void isAllowed(store, username, topic).then((is) => {
            if (is !== undefined) seen.looks++;
            if (is) seen.holes++;
          });
        }
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

/** What people and other programs do to a realm in Redis, and how instances take it. */
import { randomUUID } from 'node:crypto';
import { decide } from '../../src/dynsec/decide.js';
import { subjectOf } from '../../src/dynsec/subject.js';
import type { RealmStore } from '../../src/gate/ports.js';
import { realmKeys } from '../../src/store/redis/redis-keys.js';
import { eventually } from '../support/e2e/eventually.js';
import { askRedis } from '../support/redis-ask.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import type { OpenOptions, OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { ADMIN, send, sendAll } from '../support/store/send.js';

const DOCUMENT = {
  defaultACLAccess: { publishClientSend: false },
  clients: ['ann', 'bob'].map((username) => ({ username, roles: [{ rolename: 'writer' }] })),
  groups: [{ groupname: 'crew', roles: [{ rolename: 'writer' }], clients: [{ username: 'bob' }] }],
  roles: [{ rolename: 'writer', acls: [acl('a')] }],
};

function acl(topic: string): object {
  return { acltype: 'publishClientSend', topic, priority: 0, allow: true };
}

function mayWrite(store: RealmStore, username: string, topic: string): boolean {
  const snapshot = store.snapshot();
  const subject = subjectOf(username, (name) => snapshot.client(name));
  return decide(snapshot.policy, subject, { access: 'publishClientSend', topic, clientid: 'c' }).allowed;
}

type Json = Record<string, unknown>;

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** Instances of one realm, closed after the test. */
let opened: OpenRedisStore[];
beforeEach(() => (opened = []));
afterEach(async () => {
  await Promise.all(opened.map(({ close }) => close()));
});

async function open(realm: string, options: OpenOptions = {}): Promise<OpenRedisStore> {
  const instance = await openRedisStore(redis.url, { realm, document: DOCUMENT, ...options });
  opened.push(instance);
  return instance;
}

/** Two instances of a realm of its own, and somebody at its keys. */
async function openTwo() {
  const realm = randomUUID();
  const keys = realmKeys(realm);
  const [first, second] = [await open(realm), await open(realm)];
  const ask = (name: string, ...args: readonly string[]): Promise<unknown> =>
    askRedis(redis, [name, ...args]);
  const read = async (key: string, name: string): Promise<Json> =>
    JSON.parse(String(await ask('HGET', key, name))) as Json;
  const write = async (key: string, name: string, record: unknown): Promise<void> => {
    await ask('HSET', key, name, typeof record === 'string' ? record : JSON.stringify(record));
  };
  const wake = (): Promise<unknown> => ask('XADD', keys.changes, '*', 'by', 'hand');
  const stores = [first.store, second.store];
  return { realm, keys, first, second, stores, ask, read, write, wake };
}

function all(stores: readonly RealmStore[], isSo: (store: RealmStore) => boolean): Promise<boolean> {
  return eventually(
    () => stores.every(isSo),
    (isDone) => isDone,
  );
}

const problemOf = ({ store }: OpenRedisStore): string | undefined => {
  const { policy } = store.health();
  return policy.problem;
};

describe('an edit by hand', () => {
  it('is taken over by all instances with touch, which is a change of the realm', async () => {
    const { keys, first, stores, read, write } = await openTwo();
    await write(keys.roles, 'writer', { ...(await read(keys.roles, 'writer')), acls: [acl('b')] });
    const { revision } = await first.store.touch(ADMIN);
    expect(mayWrite(first.store, 'ann', 'b')).toBe(true);
    await all(stores, (store) => mayWrite(store, 'ann', 'b') && !mayWrite(store, 'ann', 'a'));
    await all(stores, (store) => store.changes.after(undefined, 100)?.at(-1)?.revision === revision);
    expect(first.store.changes.after(undefined, 100)?.at(-1)).toMatchObject({
      by: ADMIN.by,
      commands: ['touch'],
    });
  });

  it('is taken over by all instances with an entry of the stream without a commit', async () => {
    const { keys, stores, read, write, wake } = await openTwo();
    await write(keys.clients, 'ann', { ...(await read(keys.clients, 'ann')), disabled: true });
    await wake();
    await all(stores, (store) => !mayWrite(store, 'ann', 'a') && mayWrite(store, 'bob', 'a'));
  });

  it('is taken over by who changes the same, and the change is made on top of it', async () => {
    const { keys, first, stores, read, write } = await openTwo();
    await write(keys.roles, 'writer', { ...(await read(keys.roles, 'writer')), acls: [acl('b')] });
    await send(first.store, { command: 'addRoleACL', rolename: 'writer', ...acl('c') });
    await all(stores, (store) => mayWrite(store, 'ann', 'b') && mayWrite(store, 'ann', 'c'));
    expect((await read(keys.roles, 'writer'))['acls']).toHaveLength(2);
  });

  it('of references without an incarnation is void until touch, which stamps them', async () => {
    const { keys, first, stores, read, write, wake } = await openTwo();
    const cid = { username: 'cid', groups: [{ groupname: 'crew' }], roles: [] };
    await write(keys.clients, 'cid', cid);
    await write(keys.clients, 'dee', { username: 'dee', roles: [{ rolename: 'new' }], groups: [] });
    await write(keys.roles, 'new', { rolename: 'new', allowwildcardsubs: true, acls: [acl('a')] });
    await wake();
    await all(stores, (store) => store.snapshot().client('dee') !== undefined);
    for (const store of stores) {
      expect(['cid', 'dee'].map((name) => mayWrite(store, name, 'a'))).toEqual([false, false]);
    }
    await first.store.touch(ADMIN);
    await all(stores, (store) => mayWrite(store, 'cid', 'a') && mayWrite(store, 'dee', 'a'));
    const { incarnation } = await read(keys.roles, 'new');
    expect(incarnation).toEqual(expect.any(String));
    expect((await read(keys.clients, 'dee'))['roles']).toEqual([{ rolename: 'new', incarnation }]);
  });

  it('that rewrites a role without its incarnation leaves it with who holds it after touch', async () => {
    const { keys, second, stores, write } = await openTwo();
    await write(keys.roles, 'writer', { rolename: 'writer', allowwildcardsubs: true, acls: [acl('b')] });
    await second.store.touch(ADMIN);
    await all(stores, (store) => mayWrite(store, 'ann', 'b') && !mayWrite(store, 'ann', 'a'));
  });

  it('of a role without an incarnation can be given by commands, before touch and after it', async () => {
    const { keys, first, second, stores, write, wake } = await openTwo();
    await write(keys.roles, 'new', { rolename: 'new', allowwildcardsubs: true, acls: [acl('n')] });
    await wake();
    await all(stores, (store) => store.snapshot().policy.roles.has('new'));
    await send(first.store, { command: 'addClientRole', username: 'ann', rolename: 'new' });
    await all(stores, (store) => mayWrite(store, 'ann', 'n'));
    await second.store.touch(ADMIN);
    await send(second.store, { command: 'addClientRole', username: 'bob', rolename: 'new' });
    await all(stores, (store) => mayWrite(store, 'ann', 'n') && mayWrite(store, 'bob', 'n'));
  });

  it('that copies a role, incarnation and all, makes another role of it with touch', async () => {
    const { keys, first, stores, read, write } = await openTwo();
    await write(keys.roles, 'copy', {
      ...(await read(keys.roles, 'writer')),
      rolename: 'copy',
      acls: [acl('c')],
    });
    await first.store.touch(ADMIN);
    expect(mayWrite(first.store, 'ann', 'c')).toBe(false);
    await send(first.store, { command: 'addClientRole', username: 'ann', rolename: 'copy' });
    await all(stores, (store) => mayWrite(store, 'ann', 'c'));
  });

  it('that deletes a client is taken over', async () => {
    const { keys, first, second, ask } = await openTwo();
    await ask('HDEL', keys.clients, 'ann');
    await second.store.touch(ADMIN);
    await all([first.store, second.store], (store) => store.snapshot().client('ann') === undefined);
  });
});

describe('a damaged record', () => {
  it.each([
    ['that is no JSON', '{'],
    ['with a member that is none', { username: 'ann', roles: 'all' }],
    ['that calls itself otherwise', { username: 'eve', roles: [], groups: [] }],
  ])('of a client %s makes that client unknown, and says so', async (_what, record) => {
    const { realm, keys, first, second, stores, write, wake } = await openTwo();
    await write(keys.clients, 'ann', record);
    await wake();
    await all(stores, (store) => store.snapshot().client('ann') === undefined);
    for (const store of stores)
      expect([mayWrite(store, 'ann', 'a'), mayWrite(store, 'bob', 'a')]).toEqual([false, true]);
    const third = await open(realm);
    expect(third.store.health().ready).toBe(true);
    for (const { log } of [first, second, third]) {
      expect(log.join('\n')).toMatch(/^damaged client `ann` in Redis/m);
    }
  });

  it('of a role leaves the last good state in force, and health says so, until it is mended', async () => {
    const { keys, first, second, stores, read, write, wake } = await openTwo();
    const good = await read(keys.roles, 'writer');
    await write(keys.roles, 'writer', { ...good, acls: [{ ...acl('a'), acltype: 'everything' }] });
    await wake();
    for (const instance of [first, second]) {
      await eventually(
        () => problemOf(instance) ?? '',
        (problem) => problem.includes('role `writer` in Redis: /acls/0/acltype must be one of'),
      );
      expect(instance.store.health()).toMatchObject({ ready: true, policy: { state: 'stale' } });
      expect(mayWrite(instance.store, 'ann', 'a')).toBe(true);
    }
    await expect(first.store.touch(ADMIN)).rejects.toThrow(/role `writer` in Redis: .*acltype/);
    await write(keys.roles, 'writer', { ...good, acls: [acl('b')] });
    await first.store.touch(ADMIN);
    await all(stores, (store) => mayWrite(store, 'ann', 'b'));
    for (const { store } of [first, second]) {
      await eventually(
        () => store.health().policy.state,
        (state) => state === 'current',
      );
    }
  });

  it('of a role keeps an instance that starts from being ready', async () => {
    const { realm, keys, write } = await openTwo();
    await write(keys.roles, 'writer', '{}');
    const third = await open(realm, { isAwaited: false });
    await eventually(
      () => problemOf(third) ?? '',
      (problem) => problem.includes('role `writer` in Redis: /rolename must be a string'),
    );
    expect(third.store.health().ready).toBe(false);
    expect(() => third.store.snapshot()).toThrow('undecided: not_ready');
  });
});

describe('a realm of a newer schema', () => {
  it('is not served by an instance that starts', async () => {
    const { realm, keys, ask } = await openTwo();
    await ask('HSET', keys.meta, 'schema', '2');
    const third = await open(realm, { isAwaited: false });
    await eventually(
      () => problemOf(third) ?? '',
      (problem) => problem.includes('the realm has schema `2`, this gatehouse knows `1`'),
    );
    expect(third.store.health().ready).toBe(false);
  });

  it('is not changed by an instance that runs, which goes on with what it knows', async () => {
    const { keys, first, read, ask } = await openTwo();
    await ask('HSET', keys.meta, 'schema', '2');
    await expect(sendAll(first.store, [{ command: 'disableClient', username: 'ann' }])).rejects.toMatchObject(
      {
        code: 'not_written',
        message: expect.stringContaining('the realm has schema `2`') as string,
      },
    );
    expect(mayWrite(first.store, 'ann', 'a')).toBe(true);
    expect(await read(keys.clients, 'ann')).not.toHaveProperty('disabled');
  });
});

describe('a realm that vanishes', () => {
  it('serves on from memory, is not made anew, and takes no change', async () => {
    const { realm, keys, first, second, stores, ask } = await openTwo();
    await ask('DEL', ...Object.values(keys).filter((key): key is string => typeof key === 'string'));
    for (const instance of [first, second]) {
      await eventually(
        () => problemOf(instance) ?? '',
        (problem) => problem.includes('the realm is gone from Redis'),
      );
      expect(instance.store.health()).toMatchObject({ ready: true, policy: { state: 'stale' } });
    }
    for (const store of stores) expect(mayWrite(store, 'ann', 'a')).toBe(true);
    await expect(send(first.store, { command: 'createRole', rolename: 'r' })).rejects.toThrow(
      'gone from Redis',
    );
    await expect(first.store.touch(ADMIN)).rejects.toThrow('gone from Redis');
    const third = await open(realm, { isAwaited: false });
    await eventually(
      () => problemOf(third) ?? '',
      (problem) => problem.includes('the realm is gone from Redis'),
    );
    expect(third.store.health().ready).toBe(false);
    expect(await ask('EXISTS', keys.meta, keys.clients, keys.roles)).toBe(0);
  });

  it('comes back, for all instances, with a document that is put in its place', async () => {
    const { keys, first, second, stores, ask } = await openTwo();
    const { configuration } = await first.store.whole();
    await ask('DEL', ...Object.values(keys).filter((key): key is string => typeof key === 'string'));
    const restored = first.store.replace(ADMIN, configuration, first.store.snapshot().revision);
    await expect(restored).rejects.toThrow('the revision is `none`');
    const { revision } = await first.store.replace(ADMIN, configuration);
    for (const { store } of [first, second]) {
      await eventually(
        () => store.health().policy,
        (policy) => policy.state === 'current' && policy.revision === revision,
      );
    }
    for (const store of stores) expect(mayWrite(store, 'ann', 'a')).toBe(true);
    await send(second.store, { command: 'createRole', rolename: 'r' });
  });

  it('decides nothing any more when the last contact is too long ago', async () => {
    const realm = randomUUID();
    const { store } = await open(realm, { maxStalenessMs: 2_500 });
    expect(mayWrite(store, 'ann', 'a')).toBe(true);
    await askRedis(redis, ['DEL', realmKeys(realm).meta]);
    await eventually(
      () => store.health().ready,
      (ready) => !ready,
    );
    expect(() => store.snapshot()).toThrow('undecided: stale');
  });

  it('comes back when it is restored', async () => {
    const { keys, stores, ask } = await openTwo();
    const meta = Object.entries((await askHash(keys.meta)) ?? {}).flat();
    await ask('DEL', keys.meta);
    await eventually(
      () => stores.map((store) => store.health().policy.state).join(),
      (states) => states === 'stale,stale',
    );
    await ask('HSET', keys.meta, ...meta);
    await eventually(
      () => stores.map((store) => store.health().policy.state).join(),
      (states) => states === 'current,current',
    );
    await send(stores[0] as RealmStore, { command: 'disableClient', username: 'ann' });
    await all(stores, (store) => !mayWrite(store, 'ann', 'a'));
  });

  async function askHash(key: string): Promise<Record<string, string>> {
    const list = (await askRedis(redis, ['HGETALL', key])) as readonly string[];
    const names = list.filter((_, i) => i % 2 === 0);
    return Object.fromEntries(names.map((name, i) => [name, list[2 * i + 1] ?? '']));
  }
});

describe('instances that start at the same moment on an empty realm', () => {
  it('create it once, and serve the same', async () => {
    const realm = randomUUID();
    const instances = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        open(realm, { document: { ...DOCUMENT, roles: [{ rolename: `of-${String(i)}`, acls: [] }] } }),
      ),
    );
    const revisions = instances.map(({ store }) => store.snapshot().revision);
    expect(new Set(revisions).size).toBe(1);
    const roles = instances.map(({ store }) => [...store.snapshot().policy.roles.keys()].join());
    expect(new Set(roles).size).toBe(1);
    expect(await askRedis(redis, ['XLEN', realmKeys(realm).changes])).toBe(1);
  });
});

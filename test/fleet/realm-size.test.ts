/** What changes ask of Redis where a realm is large: counted, for times tell little on a busy machine. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { parsed } from '../contract/realm-store-contract.js';
import { askRedis } from '../support/redis-ask.js';
import { eventually } from '../support/e2e/eventually.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import type { OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { ADMIN, send } from '../support/store/send.js';

/** Clients that are all members of one group, and hold one role. */
function fleetOf(size: number): object {
  const names = Array.from({ length: size }, (_, i) => ({ username: `c${String(i)}` }));
  return {
    defaultACLAccess: {},
    clients: names.map((client) => ({ ...client, roles: [{ rolename: 'r' }] })),
    groups: [{ groupname: 'fleet', roles: [{ rolename: 'r' }], clients: names }],
    roles: [{ rolename: 'r', acls: [] }],
  };
}

/** What Redis was asked for. */
interface Asked {
  readonly calls: (command: string) => number;
  readonly bytes: number;
}

/** What an instance says of itself meanwhile, and asks, is more than a change on a slow machine. */
const SMALL_BYTES = 32 * 1_024;
const CREATED = 50;

/** Longer than a connection waits for an answer. */
const SILENCE_MS = 2_800;

/** More than are read at a time. */
const CHANGES = 600;

describe('a large realm', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  async function asked(work: () => Promise<unknown>): Promise<Asked> {
    const info = async (): Promise<string> => String(await askRedis(redis, ['INFO', 'everything']));
    const before = await info();
    await work();
    const after = await info();
    const number = (text: string, what: RegExp): number => Number(what.exec(text)?.[1] ?? 0);
    const since = (what: RegExp): number => number(after, what) - number(before, what);
    return {
      calls: (command) => since(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm')),
      bytes: since(/^total_net_input_bytes:(\d+)/m),
    };
  }

  async function withFleet(size: number, work: (open: OpenRedisStore, realm: string) => Promise<void>) {
    const realm = randomUUID();
    const open = await openRedisStore(redis.url, { realm, document: fleetOf(size) });
    try {
      await work(open, realm);
    } finally {
      await open.close();
    }
  }

  it.each([100, 10_000])('takes a new client by one small write: among %i', async (size) => {
    await withFleet(size, async ({ store }) => {
      const { calls, bytes } = await asked(async () => {
        for (let i = 0; i < CREATED; i++) {
          await send(store, {
            command: 'createClient',
            username: `new${String(i)}`,
            roles: [{ rolename: 'r' }],
            groups: [{ groupname: 'fleet' }],
          });
        }
      });
      expect(calls('xadd')).toBe(CREATED);
      expect(calls('hincrby')).toBe(CREATED);
      expect(calls('hscan')).toBe(0);
      expect(bytes / CREATED).toBeLessThan(4 * 1_024);
    });
  });

  it('loses a group of 20,000, and gets it again, by one small write each; nobody comes back with it', async () => {
    await withFleet(20_000, async ({ store }, realm) => {
      const other = await openRedisStore(redis.url, { realm });
      try {
        for (const command of ['deleteGroup', 'createGroup']) {
          const { calls, bytes } = await asked(() => send(store, { command, groupname: 'fleet' }));
          expect(calls('xadd')).toBe(1);
          expect(calls('hscan')).toBe(0);
          expect(bytes).toBeLessThan(SMALL_BYTES);
        }
        const { revision } = store.snapshot();
        await eventually(
          () => other.store.snapshot().revision,
          (theirs) => theirs === revision,
        );
        for (const each of [store, other.store]) {
          expect(each.snapshot().client('c7')).toMatchObject({ groups: [], roles: [{ rolename: 'r' }] });
          const { result } = await send(each, { command: 'getGroup', groupname: 'fleet' });
          expect(result).toMatchObject([{ data: { group: { groupname: 'fleet', clients: [] } } }]);
        }
      } finally {
        await other.close();
      }
    });
  });

  it('says whom the end of such a group touches, in order', async () => {
    await withFleet(20_000, async ({ store }) => {
      const { kicked } = await send(store, { command: 'deleteGroup', groupname: 'fleet' });
      expect(kicked()).toEqual(Array.from({ length: 20_000 }, (_, i) => `c${String(i)}`).sort());
    });
  });

  it('tells who comes later of every change that is kept', async () => {
    const realm = randomUUID();
    const first = await openRedisStore(redis.url, { realm });
    try {
      for (let i = 0; i < CHANGES; i++) {
        await send(first.store, { command: 'createRole', rolename: `r${String(i)}` });
      }
      const second = await openRedisStore(redis.url, { realm });
      const [theirs = [], ours = []] = [second, first].map(({ store }) =>
        store.changes.after(undefined, 10_000),
      );
      await second.close();
      expect(theirs).toEqual(ours);
      expect(theirs.length).toBe(CHANGES + 1);
    } finally {
      await first.close();
    }
  });

  it('is put in place though it took so long to read that a connection has been given up meanwhile', async () => {
    await withFleet(10, async ({ store, connections }) => {
      const lost = new Promise((resolve) => connections.read.once('close', resolve));
      const pending = connections.read.ping().catch(() => undefined);
      // The ping is on its way before nobody looks at the answer any more.
      await setImmediate();
      const end = performance.now() + SILENCE_MS;
      while (performance.now() < end);
      await store.replace(ADMIN, parsed(fleetOf(6_000)));
      await Promise.all([lost, pending]);
      expect(store.snapshot().client('c5999')).toBeDefined();
    });
  });
});

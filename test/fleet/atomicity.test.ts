/** Processes that change the same entities are killed, and their answers are lost; Redis and they are asked then. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { decodeChange } from '../../src/store/redis/change-fields.js';
import type { StreamedChange } from '../../src/store/redis/change-fields.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { realmKeys } from '../../src/store/redis/redis-keys.js';
import { parsed } from '../contract/realm-store-contract.js';
import type { BegunChange, ChangingProcess } from '../support/fleet/changing-process.js';
import { startChanging } from '../support/fleet/changing-process.js';
import { eventually } from '../support/e2e/eventually.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { testSeed } from '../support/seed.js';
import { seededRandom } from '../support/seeded-random.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { documentOf, sendAll } from '../support/store/send.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const DOCUMENT = { defaultACLAccess: {}, clients: [], groups: [], roles: [] };
const PROCESSES = 8;
/** For how long they are killed and cut off, in ms. `TEST_ATOMICITY_MS` asks for more. */
const TROUBLE_MS = Number(process.env['TEST_ATOMICITY_MS'] ?? 10_000);

/** More than are written by one script. */
const CLIENTS = 5_200;
const DOCUMENT_KILLS = 4;

/** At the least, however slow the machine is. */
const KILLS = 5;

/** What a caller may be told: that nothing is changed, or that this is not known. */
const NOT_CHANGED = 'StoreError';
const UNKNOWN = 'OutcomeUnknownError';

/** A process that is started again whenever it is killed, and the way to Redis, which all of them share that it was. */
interface Place {
  readonly proxy: TcpProxy;
  running: ChangingProcess;
  readonly all: ChangingProcess[];
}

describe('changes of many processes to the same entities', () => {
  let redis: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  async function createRealm(): Promise<string> {
    const realm = randomUUID();
    const first = await openRedisStore(redis.url, { realm, document: DOCUMENT });
    await first.close();
    return realm;
  }

  async function startPlace(realm: string, name: string): Promise<Place> {
    const proxy = await startTcpProxy(redis.port);
    const running = await startChanging({ port: proxy.port, realm, name });
    return { proxy, running, all: [running] };
  }

  /** Kills and starts again, one after the other; and all the while takes answers away. */
  async function makeTrouble(
    places: readonly Place[],
    realm: string,
  ): Promise<{ killed: number; swallowed: number }> {
    const random = seededRandom(testSeed());
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const end = Date.now() + TROUBLE_MS;
    let killed = 0;
    const kill = async (those: readonly Place[]): Promise<void> => {
      while (Date.now() < end || killed < KILLS) {
        await sleep(random() * 100);
        const place = pick(those);
        await place.running.kill();
        place.running = await startChanging({
          port: place.proxy.port,
          realm,
          name: `again${String(++killed)}`,
        });
        place.all.push(place.running);
      }
    };
    const swallow = async (): Promise<void> => {
      while (Date.now() < end) {
        await sleep(random() * 80);
        pick(places).proxy.swallowReplies(pick([1, 1, 2, 3]));
      }
    };
    const half = places.length / 2;
    await Promise.all([kill(places.slice(0, half)), kill(places.slice(half)), swallow()]);
    for (const { proxy } of places) proxy.resume();
    const swallowed = places.reduce((sum, { proxy }) => sum + proxy.counts.swallowedChunks, 0);
    return { killed, swallowed };
  }

  async function changesIn(realm: string): Promise<readonly StreamedChange[]> {
    return (await client.xrange(realmKeys(realm).changes, '-', '+')).map(decodeChange);
  }

  it('are all there that were acknowledged, none that were refused, each once and whole', async () => {
    const realm = await createRealm();
    const names = Array.from({ length: PROCESSES }, (_, i) => `p${String(i)}`);
    const places = await Promise.all(names.map((name) => startPlace(realm, name)));
    try {
      const trouble = await makeTrouble(places, realm);
      await Promise.all(places.map(({ running }) => running.stopChanging()));
      const head = (await client.hget(realmKeys(realm).meta, 'head')) ?? '';
      const documents = await Promise.all(places.map(({ running }) => running.tell(head)));

      const processes = places.flatMap(({ all }) => all);
      expect(processes.flatMap(({ problems }) => problems)).toEqual([]);
      const begun = processes.flatMap(({ changes }) => changes);
      const log = await changesIn(realm);
      expectUnbroken(log, head);
      const seen = expectAsTold(begun, log);
      console.info(JSON.stringify({ ...trouble, ...seen, changes: log.length }));

      const expected = await replayed(begun, log);
      for (const document of documents) expect(document).toEqual(expected);
      await expectConsistent(client, realm);
      await expectNothingLeft(client, realm);
      expect(trouble.killed).toBeGreaterThanOrEqual(KILLS);
      expect(trouble.swallowed).toBeGreaterThan(20);
      expect(seen.done).toBeGreaterThan(200);
    } finally {
      await Promise.all(
        places.flatMap(({ all, proxy }) => [...all.map((each) => each.kill()), proxy.stop()]),
      );
    }
  }, 120_000);

  it('are whole or not there at all where they are documents', async () => {
    const realm = await createRealm();
    const { clients, meta } = realmKeys(realm);
    const seen = new Set<string>();
    const random = seededRandom(testSeed());
    for (let i = 0; i < DOCUMENT_KILLS; i++) {
      const name = `p${String(i)}`;
      const running = await startChanging({ port: redis.port, realm, name, clients: CLIENTS });
      await eventually(() => running.changes.some(({ ending }) => ending), Boolean, 30_000);
      await sleep(random() * 300);
      await running.kill();
      expect(running.changes.filter(({ ending }) => ending && ending.outcome !== 'done')).toEqual([]);
      expect(running.problems).toEqual([]);

      const texts = (await client.hvals(clients)).map((text) => (JSON.parse(text) as StoredEntity).textname);
      const [by = ''] = texts;
      expect(texts).toEqual(Array.from({ length: CLIENTS }, () => by));
      seen.add(by);
      const log = await changesIn(realm);
      expectUnbroken(log, (await client.hget(meta, 'head')) ?? '');
      const logged = log.flatMap(({ change }) => change?.by ?? []);
      expect(logged.at(-1)).toBe(by);
      const done = running.changes.filter(({ ending }) => ending?.outcome === 'done').map((each) => each.by);
      expect(logged).toEqual(expect.arrayContaining(done));
    }
    await expectNothingLeft(client, realm);
    expect(seen.size).toBe(DOCUMENT_KILLS);
  }, 120_000);
});

/** Every change follows the one before it, and the last one led to what is there. */
function expectUnbroken(log: readonly StreamedChange[], head: string): void {
  const revisions = log.map(({ change }) => change?.revision);
  expect(log.map(({ change }) => change?.previous)).toEqual(['none', ...revisions.slice(0, -1)]);
  expect(revisions.at(-1)).toBe(head);
}

/** What the log says is what callers were told. @returns what they were told, how often. */
function expectAsTold(
  begun: readonly BegunChange[],
  log: readonly StreamedChange[],
): { done: number; notChanged: number; unknown: number; untold: number } {
  const logged = new Map<string, string>();
  const twice: string[] = [];
  for (const { change } of log.slice(1)) {
    if (!change) continue;
    if (logged.has(change.by)) twice.push(change.by);
    logged.set(change.by, change.revision);
  }
  expect(twice).toEqual([]);
  const known = new Set(begun.map(({ by }) => by));
  expect([...logged.keys()].filter((by) => !known.has(by))).toEqual([]);

  const seen = { done: 0, notChanged: 0, unknown: 0, untold: 0 };
  const wrong = begun.filter(({ by, ending }) => {
    switch (ending?.outcome) {
      case undefined:
        seen.untold++;
        return false;
      case 'done': {
        seen.done++;
        const hasChanged = ending.result?.some(({ error }) => error === undefined);
        return logged.has(by) ? logged.get(by) !== ending.revision : hasChanged;
      }
      case NOT_CHANGED:
        seen.notChanged++;
        return logged.has(by);
      case UNKNOWN:
        seen.unknown++;
        return false;
      default:
        // Nobody can tell from any other error what became of the change.
        return true;
    }
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  return seen;
}

/** The realm in which the logged changes were made one after the other; each of them answers what its caller was told. */
async function replayed(
  begun: readonly BegunChange[],
  log: readonly StreamedChange[],
): Promise<Awaited<ReturnType<typeof documentOf>>> {
  const store = new MemoryStore({
    configuration: parsed(DOCUMENT),
    revision: '0',
    policy: { sharedSubscriptions: 'dynsec', allowAnonymous: true },
  });
  const changes = new Map(begun.map((each) => [each.by, each]));
  for (const { change } of log.slice(1)) {
    const { commands, atomic, ending } = changes.get(change?.by ?? '') as BegunChange;
    const { result } = await sendAll(store, commands, { atomic });
    if (ending?.result) expect({ commands, result }).toEqual({ commands, result: ending.result });
  }
  return await documentOf(store);
}

interface StoredReference {
  readonly rolename?: string;
  readonly groupname?: string;
  readonly incarnation?: string;
}

interface StoredEntity {
  readonly textname?: string;
  readonly incarnation?: string;
  readonly roles?: readonly StoredReference[];
  readonly groups?: readonly StoredReference[];
}

/** In Redis itself: who is who, and that nobody refers to what nobody created. */
async function expectConsistent(client: Redis, realm: string): Promise<void> {
  const keys = realmKeys(realm);
  const all = async (key: string): Promise<Map<string, StoredEntity>> =>
    new Map(
      Object.entries(await client.hgetall(key)).map(([name, text]) => [
        name,
        JSON.parse(text) as StoredEntity,
      ]),
    );
  const [clients, groups, roles] = await Promise.all([all(keys.clients), all(keys.groups), all(keys.roles)]);
  const incarnations = Object.fromEntries([
    ...[...groups].map(([name, { incarnation }]) => [`group:${name}`, incarnation]),
    ...[...roles].map(([name, { incarnation }]) => [`role:${name}`, incarnation]),
  ]);
  expect(await client.hgetall(keys.incarnations)).toEqual(incarnations);
  for (const holder of [...clients.values(), ...groups.values()]) {
    for (const { incarnation } of [...(holder.roles ?? []), ...(holder.groups ?? [])]) {
      expect(incarnation).toMatch(/^[\w-]{12}$/);
    }
  }
  const settings = JSON.parse((await client.hget(keys.meta, 'settings')) ?? '') as {
    anonymousGroup?: string;
  };
  if (settings.anonymousGroup !== undefined) expect(groups.has(settings.anonymousGroup)).toBe(true);
}

/** What is no part of the realm goes by itself. */
async function expectNothingLeft(client: Redis, realm: string): Promise<void> {
  const { clients, groups, roles, incarnations, meta, changes } = realmKeys(realm);
  const kept = new Set([clients, groups, roles, incarnations, meta, changes]);
  const left = (await client.keys(`gatehouse:{${realm}}:*`)).filter((key) => !kept.has(key));
  const times = await Promise.all(left.map(async (key) => [key, await client.pttl(key)] as const));
  expect(times.filter(([, pttl]) => pttl === -1)).toEqual([]);
}

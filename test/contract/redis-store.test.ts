import { randomUUID } from 'node:crypto';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startRedisSentinels } from '../support/redis-sentinel.js';
import { startRedis } from '../support/redis.js';
import type { OpenOptions, OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { durableStoreContract, realmStoreContract } from './realm-store-contract.js';

/** Servers that a realm can be kept on. */
interface Servers {
  readonly url: string;
  stop(): Promise<void>;
}

const ARRANGEMENTS: readonly (readonly [string, () => Promise<Servers>, OpenOptions])[] = [
  ['one Redis', () => startRedis(), {}],
  ['one Redis, one client held', () => startRedis(), { clientsHeld: 1 }],
  ['one Redis, two clients held', () => startRedis(), { clientsHeld: 2 }],
  ['Redis with sentinels', () => startRedisSentinels(), { mustWrite: true }],
  ['a Redis cluster', () => startRedisCluster(), {}],
];

describe.each(ARRANGEMENTS)('%s', (name, start, options) => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await start();
  }, 120_000);
  afterAll(() => servers.stop());

  const open = (realm: string, document: object): Promise<OpenRedisStore> =>
    openRedisStore(servers.url, { realm, document, ...options });

  realmStoreContract(name, (document) => open(randomUUID(), document));

  durableStoreContract(name, async (document) => {
    const realm = randomUUID();
    let opened = await open(realm, document);
    return {
      store: () => opened.store,
      reopen: async () => {
        await opened.close();
        opened = await open(realm, document);
      },
      close: () => opened.close(),
    };
  });
});

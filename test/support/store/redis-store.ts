/** A store on a real Redis, as the service opens it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Connections } from '../../../src/store/redis/connections.js';
import { openConnections } from '../../../src/store/redis/connections.js';
import { parseRedisAddress } from '../../../src/store/redis/redis-address.js';
import { loadRedisScripts } from '../../../src/store/redis/redis-scripts.js';
import type { RedisStoreListener, RedisStoreOptions } from '../../../src/store/redis/redis-store.js';
import { RedisStore } from '../../../src/store/redis/redis-store.js';
import { parsed } from '../../contract/realm-store-contract.js';
import { eventually } from '../e2e/eventually.js';

/** A store, and what it goes through. */
export interface OpenRedisStore {
  readonly store: RedisStore;
  readonly connections: Connections;
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** How a store is opened, beside what every test has alike. */
export interface OpenOptions extends Partial<Omit<RedisStoreOptions, 'listener' | 'connections'>> {
  /** What the realm begins with. */
  readonly document?: object;
  /** Whether to wait until there is a state. */
  readonly isAwaited?: boolean;
}

const EMPTY = { defaultACLAccess: {}, clients: [], groups: [], roles: [] };

/** The Lua files of the store. */
export const SCRIPTS_FOLDER = join(__dirname, '..', '..', '..', 'src', 'store', 'redis', 'lua');

/** Opens a store at an address, and waits until it has the realm. */
export async function openRedisStore(
  url: string,
  { document = EMPTY, isAwaited = true, ...options }: OpenOptions = {},
): Promise<OpenRedisStore> {
  const log: string[] = [];
  const instanceId = options.instanceId ?? randomUUID();
  const listener = { connected: () => undefined, lost: () => undefined };
  const connections = openConnections(parseRedisAddress(url), { instanceId, listener });
  const store = new RedisStore({
    connections,
    scripts: await loadRedisScripts(SCRIPTS_FOLDER),
    realm: 'default',
    version: '0.0.0',
    policy: { sharedSubscriptions: 'dynsec', allowAnonymous: true },
    maxStalenessMs: 300_000,
    replicas: 0,
    mustWrite: false,
    create: async (put) => {
      await put(parsed(document));
    },
    ...options,
    instanceId,
    listener: listenerOf(log),
  });
  store.open();
  const close = async (): Promise<void> => {
    await store.close();
    await connections.close();
  };
  if (isAwaited) {
    try {
      await eventually(
        () => store.health().policy.state,
        (state) => state === 'current',
      );
    } catch (error) {
      await close();
      throw new Error(`no state: ${log.join('; ')}`, { cause: error });
    }
  }
  return { store, connections, log, close };
}

function listenerOf(log: string[]): RedisStoreListener {
  return {
    restarted: (realm) => log.push(`restarted ${realm.revision}`),
    advanced: () => undefined,
    contact: (isThere, problem) => log.push(`contact ${String(isThere)} ${problem}`),
    missing: (problem) => log.push(`missing ${problem}`),
    committed: () => undefined,
    refused: (problem) => log.push(`refused ${problem}`),
    read: () => undefined,
    damaged: (problem) => log.push(`damaged ${problem}`),
  };
}

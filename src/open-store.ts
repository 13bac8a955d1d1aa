/**
 * Opens the store of record that the configuration names: a file, or a realm in Redis.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rename, unlink } from 'node:fs/promises';
import type { RedisConfig, ServeConfig } from './config/serve-config.js';
import type { HashPool } from './credentials/hash-pool.js';
import { KeptDecoys } from './credentials/kept-decoys.js';
import type { Configuration } from './dynsec/entities.js';
import { escapeControls } from './dynsec/escape-controls.js';
import { StoreError } from './gate/errors.js';
import type {
  Change,
  Fleet,
  HealthSource,
  RealmStore,
  SharedCredentials,
  StatusSource,
} from './gate/ports.js';
import type { NewPasswords } from './store/file/create-default-file.js';
import {
  createDefaultFile,
  createDefaultRealm,
  writeNewPasswords,
} from './store/file/create-default-file.js';
import { FileStore } from './store/file/file-store.js';
import type { Connections } from './store/redis/connections.js';
import { openConnections } from './store/redis/connections.js';
import type { RedisTls } from './store/redis/connection-options.js';
import { checkServer } from './store/redis/check-server.js';
import { describeRedisAddress } from './store/redis/redis-address.js';
import { realmKeys } from './store/redis/redis-keys.js';
import { loadRedisScripts } from './store/redis/redis-scripts.js';
import type { RedisStoreListener } from './store/redis/redis-store.js';
import { RedisStore } from './store/redis/redis-store.js';
import { RedisSharedCredentials } from './store/redis/shared-credentials.js';
import { SingleInstance } from './store/single-instance.js';
import { messageOf } from './store/system-error.js';
import type { Logger } from './telemetry/log.js';
import type { Metrics } from './telemetry/metrics.js';
import { PolicyTelemetry } from './telemetry/policy-telemetry.js';
import { RedisTelemetry } from './telemetry/redis-telemetry.js';

/** What a store is opened with. */
export interface StoreParts {
  readonly pool: HashPool;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly version: string;
  readonly isTerminal: boolean;
  /** Where the Lua files are. */
  readonly scriptsFolder: string;
  /** The store cannot be served from, now or ever. */
  readonly fail: (error: Error) => void;
}

/** A store that is open. */
export interface OpenedStore {
  readonly store: RealmStore & HealthSource;
  readonly fleet: Fleet;
  /** For people: a path, or a realm and where it is. */
  readonly place: string;
  /** Of a file that was just created. */
  readonly newPasswords: NewPasswords | undefined;
  /** What instances share beside the realm. */
  readonly shared: SharedCredentials | undefined;
  readonly sources: readonly StatusSource[];
  /** Calls back with every change from now on, also where there is no state yet. */
  subscribe(listener: (change: Change) => void): void;
  close(): Promise<void>;
}

/** @throws DocumentError where a file cannot be taken, TypeError where certificates for Redis cannot. */
export function openStore(config: ServeConfig, parts: StoreParts): Promise<OpenedStore> {
  return config.redis ? openRedisStore(config, config.redis, parts) : openFileStore(config, parts);
}

async function openFileStore(config: ServeConfig, parts: StoreParts): Promise<OpenedStore> {
  const { pool, metrics, log, version, isTerminal } = parts;
  const { dynsecFile, sharedSubscriptions, allowAnonymous } = config;
  const newPasswords = await createDefaultFile({
    path: dynsecFile,
    hash: (password) => pool.hash(password, config.passwordHash),
    writePasswords: !isTerminal,
  });
  const telemetry = new PolicyTelemetry(metrics, log);
  const decoys = keepDecoys(config, pool);
  const store = new FileStore({
    path: dynsecFile,
    policy: { sharedSubscriptions, allowAnonymous },
    listener: {
      loaded: (state) => {
        decoys.follow(() => store.clients);
        telemetry.loaded(state);
      },
      refused: (problem) => {
        telemetry.refused(problem);
      },
      warned: (problem) => {
        log.warn({ problem: escapeControls(problem) }, 'the file store');
      },
    },
  });
  await store.open();
  store.changes.subscribe((change) => {
    decoys.changed(change);
  });
  return {
    store,
    fleet: new SingleInstance(store, version),
    place: dynsecFile,
    newPasswords,
    shared: undefined,
    sources: [],
    subscribe: (listener) => {
      store.changes.subscribe(listener);
    },
    close: () => {
      decoys.close();
      return store.close();
    },
  };
}

/** Longer than it takes until instances that run are heard of again where Redis has lost everything. */
const CREATE_AFTER_MS = 1_500;

async function openRedisStore(
  config: ServeConfig,
  redis: RedisConfig,
  parts: StoreParts,
): Promise<OpenedStore> {
  const { metrics, log, version, scriptsFolder, fail } = parts;
  const { address, realm } = redis;
  const instanceId = randomUUID();
  const telemetry = new RedisTelemetry(metrics, log);
  const decoys = keepDecoys(config, parts.pool);
  const listeners: ((change: Change) => void)[] = [(change) => decoys.changed(change)];
  const connections = openConnections(address, {
    instanceId,
    tls: await readTls(redis),
    listener: telemetry.connections,
  });
  const store = new RedisStore({
    connections,
    scripts: await loadRedisScripts(scriptsFolder),
    realm,
    instanceId,
    version,
    policy: { sharedSubscriptions: config.sharedSubscriptions, allowAnonymous: config.allowAnonymous },
    maxStalenessMs: redis.maxStalenessMs,
    replicas: redis.waitReplicas,
    ...(redis.clientsHeld === undefined ? {} : { clientsHeld: redis.clientsHeld }),
    mustWrite: address.kind === 'sentinel',
    sharesLogins: config.credentialKeys.length > 0,
    inspect: () => inspect(redis, connections, log),
    createAfterMs: CREATE_AFTER_MS,
    create: (put) => createRealm(config, parts, put),
    listener: {
      ...listenerFor({ telemetry, decoys, listeners }),
      refused: (problem) => {
        fail(new Error(`${describeRedisAddress(address)}: ${problem}`));
      },
    },
  });
  telemetry.watch(store);
  store.open();
  return {
    store,
    fleet: store,
    place: `realm \`${realm}\` in ${describeRedisAddress(address)}`,
    newPasswords: undefined,
    shared: new RedisSharedCredentials(connections.read, realmKeys(realm)),
    sources: telemetry.sources(store, instanceId),
    subscribe: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      decoys.close();
      await store.close();
      await connections.close();
    },
  };
}

/** What becomes of the realm: for the log and the metrics, for the decoys, and for who wants to hear of changes. */
function listenerFor(to: {
  readonly telemetry: RedisTelemetry;
  readonly decoys: KeptDecoys;
  readonly listeners: readonly ((change: Change) => void)[];
}): Omit<RedisStoreListener, 'refused'> {
  let isSubscribed = false;
  return {
    ...to.telemetry.store,
    restarted: (followed, durationMs) => {
      to.decoys.follow(() => followed.state.clients.held());
      to.telemetry.store.restarted(followed, durationMs);
      if (isSubscribed) return;
      isSubscribed = true;
      followed.changes.subscribe((change) => {
        for (const listener of to.listeners) listener(change);
      });
    },
  };
}

/** Instances with the same credential key choose alike. */
function keepDecoys({ passwordHash, credentialKeys }: ServeConfig, pool: HashPool): KeptDecoys {
  return new KeptDecoys({
    recipe: passwordHash,
    key: credentialKeys[0] ?? randomBytes(32),
    setDecoys: (decoys) => {
      pool.setDecoys(decoys);
    },
  });
}

/** @returns why the realm may not be kept there. */
async function inspect(
  { address, realm }: RedisConfig,
  { read }: Connections,
  log: Logger,
): Promise<string | undefined> {
  // Of its own: instances that start together write it at the same time.
  const probeKey = realmKeys(realm).probe(randomUUID());
  const { refusals, warnings } = await checkServer(read, { kind: address.kind, probeKey });
  for (const warning of warnings) log.warn({ problem: escapeControls(warning) }, 'the Redis of the realm');
  return refusals.length > 0 ? refusals.join('; ') : undefined;
}

/** First the passwords: a realm of which nobody knows them would be of no use. */
async function createRealm(
  config: ServeConfig,
  { pool, log }: StoreParts,
  put: (configuration: Configuration) => Promise<boolean>,
): Promise<void> {
  const { configuration, passwords } = await createDefaultRealm((password) =>
    pool.hash(password, config.passwordHash),
  );
  const path = `${config.dynsecFile}.pw`;
  const draft = `${path}.${randomUUID()}`;
  const isWritten = await writePasswords(draft, passwords, config, log);
  const isOurs = await put(configuration).catch(async (error: unknown) => {
    // Whoever does not know whether there is such a realm now keeps its passwords.
    if (isWritten && error instanceof StoreError) await unlink(draft);
    throw error;
  });
  if (!isWritten) return;
  if (!isOurs) await unlink(draft);
  else {
    await rename(draft, path);
    log.info(
      { path },
      'the realm is new: the passwords of its clients, admin and democlient, are in this file',
    );
  }
}

/** Who has an administrator's token can set them anew. */
async function writePasswords(
  path: string,
  passwords: NewPasswords,
  { adminTokens }: ServeConfig,
  log: Logger,
): Promise<boolean> {
  try {
    await writeNewPasswords(path, passwords);
    return true;
  } catch (error) {
    if (adminTokens.length === 0) throw error;
    log.warn(
      { problem: messageOf(error) },
      'the passwords of the new realm are known to nobody: set them anew',
    );
    return false;
  }
}

async function readTls({ tls: { caFile, certFile, keyFile } }: RedisConfig): Promise<RedisTls> {
  return {
    ...(caFile === undefined ? {} : { ca: await readFile(caFile) }),
    ...(certFile === undefined ? {} : { cert: await readFile(certFile) }),
    ...(keyFile === undefined ? {} : { key: await readFile(keyFile) }),
  };
}

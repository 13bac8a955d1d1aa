import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServeConfig, TlsFiles } from './config/serve-config.js';
import { createDecoys } from './credentials/decoys.js';
import { HashPool } from './credentials/hash-pool.js';
import { isUsablePassword } from './credentials/parse-password-hash.js';
import { PoolHasher } from './credentials/password-hashing.js';
import { createGate } from './gate/gate.js';
import type { Fleet, HealthSource, RealmStore, Workers } from './gate/ports.js';
import { createRealm } from './gate/realm.js';
import type { TemplateCatalogue } from './gate/templates/role-template.js';
import { createApp } from './http/app.js';
import { createCheckHandler } from './http/checks/check-handler.js';
import type { ListeningServer, ListenOptions } from './http/server.js';
import { createRequestListener, listen } from './http/server.js';
import { TokenList } from './http/token-list.js';
import type { WatchedInstance } from './instance.js';
import { hashThreadsOf, watchInstance } from './instance.js';
import type { Logins } from './logins.js';
import { createLogins } from './logins.js';
import { openStore } from './open-store.js';
import type { NewPasswords } from './store/file/create-default-file.js';
import { CheckTelemetry } from './telemetry/check-telemetry.js';
import { DefectLog } from './telemetry/defect-log.js';
import type { Logger } from './telemetry/log.js';
import { Metrics } from './telemetry/metrics.js';
import { observeAll } from './telemetry/observe-all.js';
import { loadTemplates } from './templates/load-templates.js';
import { createMetricsSum } from './workers/sum-metrics.js';

/** What a service is started with, beside its configuration. */
export interface ServiceSurroundings {
  /** Of the product, for who asks. */
  readonly version: string;
  readonly log: Logger;
  /** The compiled `credentials/hash-worker.ts`. */
  readonly hashWorkerFile: string;
  /** The role templates of the product. */
  readonly templatesFolder: string;
  /** The Lua files of the store in Redis. */
  readonly scriptsFolder: string;
  /** Whether somebody sees what is printed: passwords of a new file are shown there, and nowhere else. */
  readonly isTerminal: boolean;
  /** Where several processes serve. */
  readonly workers?: Workers;
  /** Is told where the service cannot go on, now or ever. */
  readonly fail: (error: Error) => void;
}

/** A service that runs. */
export interface RunningService {
  /** Such as `http://127.0.0.1:8790`. */
  readonly url: string;
  /** What it serves, for people. */
  readonly place: string;
  /** Of the file, where there was none before. */
  readonly newPasswords: NewPasswords | undefined;
  /** Answers what is under way, and ends. */
  close(): Promise<void>;
}

/** Enough that no two are ever the same, and short, for every reference carries one. */
const INCARNATION_BYTES = 9;

/** How long checks that are under way may still take when the service ends: longer than any of them may. */
const CLOSE_GRACE_MS = 5_000;

/**
 * Builds the service and starts it.
 * @throws DocumentError where the file cannot be taken, and the errors of files and sockets.
 */
export async function startService(
  config: ServeConfig,
  surroundings: ServiceSurroundings,
): Promise<RunningService> {
  const { log, hashWorkerFile, templatesFolder } = surroundings;
  const closers: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const metrics = new Metrics();
    const { workers } = surroundings;
    if (workers) metrics.sumWith(createMetricsSum(metrics.registry, workers));
    const pool = new HashPool({
      observer: metrics.credentials,
      workerFile: hashWorkerFile,
      decoys: createDecoys([], config.passwordHash),
      deadlineMs: config.hashDeadlineMs,
      threads: hashThreadsOf(config),
    });
    closers.push(() => pool.close());
    const { version, isTerminal, scriptsFolder, fail } = surroundings;
    const opened = await openStore(config, {
      ...{ pool, metrics, log, version, isTerminal, scriptsFolder },
      fail,
    });
    const { store, fleet, place, newPasswords, shared } = opened;
    closers.push(() => opened.close());
    const catalogue = await loadTemplates(templatesFolder);
    const defects = new DefectLog(log);
    const onDefect = (error: unknown): void => defects.note(error);
    const logins = createLogins(config, { pool, store, metrics, log, ...(shared ? { shared } : {}) });
    closers.push(logins.close);
    opened.subscribe(logins.forgetEnded);
    const watched = watchInstance(config, {
      ...{ version, log, metrics, pool, health: store },
      ...logins,
      sources: [...logins.sources, ...opened.sources],
      ...(workers ? { workers } : {}),
    });
    closers.push(watched.close);
    const server = await serve(config, {
      store,
      fleet,
      pool,
      metrics,
      log,
      catalogue,
      logins,
      watched,
      onDefect,
    });
    closers.push(() => server.close(CLOSE_GRACE_MS));
    return { url: server.url, place, newPasswords, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface ServiceParts {
  readonly store: RealmStore & HealthSource;
  readonly fleet: Fleet;
  readonly pool: HashPool;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly catalogue: TemplateCatalogue;
  readonly logins: Logins;
  readonly watched: WatchedInstance;
  readonly onDefect: (error: unknown) => void;
}

async function serve(
  config: ServeConfig,
  { store, fleet, pool, metrics, log, catalogue, logins, watched, onDefect }: ServiceParts,
): Promise<ListeningServer> {
  const gate = createGate(store, logins.verifier);
  const handleCheck = createCheckHandler({
    gate: watched.protect(gate, store),
    tokens: new TokenList(config.checkTokens),
    brokers: new Set(config.brokers),
    observer: observeAll([new CheckTelemetry(metrics, log), ...watched.observers]),
    onDefect,
  });
  const realm = createRealm({
    store,
    fleet,
    pause: (ms) => sleep(ms),
    catalogue,
    hasher: new PoolHasher(pool, config.passwordHash),
    isUsablePassword,
    mint: () => randomBytes(INCARNATION_BYTES).toString('base64url'),
  });
  const closing = new AbortController();
  const app = createApp({
    handleCheck,
    gate,
    realm,
    instance: watched.instance,
    adminTokens: new TokenList(config.adminTokens),
    hosts: new Set(config.hosts),
    health: store,
    metrics,
    closing: closing.signal,
    onDefect,
  });
  const server = await listen(createRequestListener(handleCheck, app), {
    ...config.listen,
    ...(await readTls(config.tls)),
  });
  const close = (graceMs: number): Promise<void> => {
    closing.abort();
    return server.close(graceMs);
  };
  return { url: server.url, close };
}

async function readTls(tls: TlsFiles | undefined): Promise<Pick<ListenOptions, 'tls'>> {
  if (!tls) return {};
  const [cert, key, ca] = await Promise.all([
    readFile(tls.certFile),
    readFile(tls.keyFile),
    tls.clientCaFile === undefined ? undefined : readFile(tls.clientCaFile),
  ]);
  return { tls: { cert, key, ...(ca ? { ca } : {}) } };
}

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServeConfig, TlsFiles } from './config/serve-config.js';
import { createDecoy } from './credentials/decoy.js';
import { HashPool } from './credentials/hash-pool.js';
import { PoolHasher } from './credentials/password-hashing.js';
import type { StoredPassword } from './dynsec/entities.js';
import { escapeControls } from './dynsec/escape-controls.js';
import { createGate } from './gate/gate.js';
import { createRealm } from './gate/realm.js';
import type { TemplateCatalogue } from './gate/templates/role-template.js';
import { createApp } from './http/app.js';
import { createCheckHandler } from './http/checks/check-handler.js';
import type { ListeningServer, ListenOptions } from './http/server.js';
import { createRequestListener, listen } from './http/server.js';
import { TokenList } from './http/token-list.js';
import type { NewPasswords } from './store/file/create-default-file.js';
import { createDefaultFile } from './store/file/create-default-file.js';
import { FileStore } from './store/file/file-store.js';
import { CheckTelemetry } from './telemetry/check-telemetry.js';
import type { Logger } from './telemetry/log.js';
import { Metrics } from './telemetry/metrics.js';
import { PolicyTelemetry } from './telemetry/policy-telemetry.js';
import { loadTemplates } from './templates/load-templates.js';

/** What a service is started with, beside its configuration. */
export interface ServiceSurroundings {
  readonly log: Logger;
  /** The compiled `credentials/hash-worker.ts`. */
  readonly hashWorkerFile: string;
  /** The role templates of the product. */
  readonly templatesFolder: string;
  /** Whether somebody sees what is printed: passwords of a new file are shown there, and nowhere else. */
  readonly isTerminal: boolean;
}

/** A service that runs. */
export interface RunningService {
  /** Such as `http://127.0.0.1:8790`. */
  readonly url: string;
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
  const { log, hashWorkerFile, templatesFolder, isTerminal } = surroundings;
  const closers: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const pool = new HashPool({
      workerFile: hashWorkerFile,
      decoy: createDecoy([], config.passwordHash),
      deadlineMs: config.hashDeadlineMs,
      ...(config.hashThreads === undefined ? {} : { threads: config.hashThreads }),
    });
    closers.push(() => pool.close());
    const newPasswords = await createDefaultFile({
      path: config.dynsecFile,
      hash: (password) => pool.hash(password, config.passwordHash),
      writePasswords: !isTerminal,
    });
    const metrics = new Metrics();
    const store = createStore(config, { pool, telemetry: new PolicyTelemetry(metrics, log), log });
    closers.push(() => store.close());
    await store.open();
    const catalogue = await loadTemplates(templatesFolder);
    const server = await serve(config, { store, pool, metrics, log, catalogue });
    closers.push(() => server.close(CLOSE_GRACE_MS));
    return { url: server.url, newPasswords, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface StoreParts {
  readonly pool: HashPool;
  readonly telemetry: PolicyTelemetry;
  readonly log: Logger;
}

function createStore(config: ServeConfig, { pool, telemetry, log }: StoreParts): FileStore {
  const { dynsecFile, sharedSubscriptions, allowAnonymous } = config;
  return new FileStore({
    path: dynsecFile,
    policy: { sharedSubscriptions, allowAnonymous },
    listener: {
      loaded: (state) => {
        const passwords = [...state.configuration.clients.values()].flatMap(({ password }) => password ?? []);
        pool.setDecoy(createDecoy(passwords satisfies StoredPassword[], config.passwordHash));
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
}

interface ServiceParts {
  readonly store: FileStore;
  readonly pool: HashPool;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly catalogue: TemplateCatalogue;
}

async function serve(
  config: ServeConfig,
  { store, pool, metrics, log, catalogue }: ServiceParts,
): Promise<ListeningServer> {
  const gate = createGate(store, pool);
  const onDefect = (error: unknown): void => {
    log.error({ err: error }, 'a defect: please report it');
  };
  const handleCheck = createCheckHandler({
    gate,
    tokens: new TokenList(config.checkTokens),
    brokers: new Set(config.brokers),
    observer: new CheckTelemetry(metrics, log),
    onDefect,
  });
  const realm = createRealm({
    store,
    catalogue,
    hasher: new PoolHasher(pool, config.passwordHash),
    mint: () => randomBytes(INCARNATION_BYTES).toString('base64url'),
  });
  const app = createApp({
    handleCheck,
    gate,
    realm,
    adminTokens: new TokenList(config.adminTokens),
    hosts: new Set(config.hosts),
    health: store,
    metrics,
    onDefect,
  });
  return listen(createRequestListener(handleCheck, app), {
    ...config.listen,
    ...(await readTls(config.tls)),
  });
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

/** The whole service in this process: on a file of its own, on a free port, its log kept. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServeConfig } from '../../src/config/serve-config.js';
import type { RunningService } from '../../src/service.js';
import { startService } from '../../src/service.js';
import { HASH_WORKER_FILE } from './hash-worker-file.js';
import { MemoryLog } from './http/memory-log.js';

/** What a service is started with; what is absent is as an operator finds it. */
export interface TestServiceOptions {
  /** The text of the dynamic-security.json, or what it says. */
  readonly document: string | object;
  readonly settings?: Partial<Omit<ServeConfig, 'dynsecFile' | 'listen'>>;
}

/** A service that runs. */
export interface TestService {
  /** Such as `http://127.0.0.1:40123`; another one after a restart. */
  readonly url: string;
  /** Its temporary directory; gone after `close`. */
  readonly dir: string;
  /** The dynamic-security.json. */
  readonly file: string;
  /** Everything that it logged. */
  readonly log: MemoryLog;
  /** Puts another document in the place of the file in one step; does not wait until it is taken over. */
  writeDocument(document: string | object): Promise<void>;
  /** Ends the service and starts it again on the same file. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULTS: Omit<ServeConfig, 'dynsecFile'> = {
  listen: { host: '127.0.0.1', port: 0 },
  adminTokens: [],
  checkTokens: [],
  brokers: [],
  hosts: ['127.0.0.1'],
  allowAnonymous: false,
  sharedSubscriptions: 'dynsec',
  // The least: it is not hashing that is tested here.
  passwordHash: { form: 'pbkdf2-sha512', cost: 1_000 },
  hashThreads: 1,
  // Far beyond what a busy machine needs.
  hashDeadlineMs: 15_000,
  hashBudget: 1_200,
  hashBudgetUsername: 10,
  credentialTtlMs: 7 * 86_400_000,
  credentialsHeld: 10_000,
  credentialKeys: [],
  rehash: false,
  decisionCache: 0,
  shedLoginsLagMs: 60_000,
  shedChecksLagMs: 60_000,
  stormLogins: 20,
  logLevel: 'info',
};

/** Starts a service and waits until it answers. */
export async function startTestService({ document, settings }: TestServiceOptions): Promise<TestService> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-service-'));
  try {
    const file = join(dir, 'dynamic-security.json');
    await writeFile(file, textOf(document));
    const config = { ...DEFAULTS, ...settings, dynsecFile: file };
    const log = new MemoryLog(config.logLevel);
    const start = (): Promise<RunningService> =>
      startService(config, {
        version: '0.0.0-test',
        log: log.logger,
        hashWorkerFile: HASH_WORKER_FILE,
        templatesFolder: 'templates',
        scriptsFolder: 'src/store/redis/lua',
        isTerminal: false,
        fail: (error) => {
          throw error;
        },
      });
    let service = await start();
    const restart = async (): Promise<void> => {
      await service.close();
      service = await start();
    };
    const close = async (): Promise<void> => {
      await service.close();
      await rm(dir, { recursive: true, force: true });
    };
    const writeDocument = async (next: string | object): Promise<void> => {
      await writeFile(`${file}.edited`, textOf(next));
      await rename(`${file}.edited`, file);
    };
    return {
      get url() {
        return service.url;
      },
      ...{ dir, file, log, writeDocument, restart, close },
    };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

function textOf(document: string | object): string {
  return typeof document === 'string' ? document : JSON.stringify(document, undefined, '\t');
}

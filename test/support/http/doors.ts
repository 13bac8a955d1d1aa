/** Both doors of the service before a gate of the test's choice. */
import type { Gate } from '../../../src/gate/gate.js';
import type { HealthSource } from '../../../src/gate/ports.js';
import { createApp } from '../../../src/http/app.js';
import { createCheckHandler } from '../../../src/http/checks/check-handler.js';
import { createRequestListener, listen } from '../../../src/http/server.js';
import { TokenList } from '../../../src/http/token-list.js';
import { CheckTelemetry } from '../../../src/telemetry/check-telemetry.js';
import { Metrics } from '../../../src/telemetry/metrics.js';
import { MemoryLog } from './memory-log.js';
import { UNASKED_INSTANCE, UNASKED_REALM } from './unasked-realm.js';

/** What is behind the doors. */
export interface DoorsSetup {
  readonly gate: Gate;
  readonly health: HealthSource;
  readonly checkTokens?: readonly string[];
  readonly adminTokens?: readonly string[];
}

/** Two servers with one handler. */
export interface Doors {
  /** The service as it is: the fast lane before the application. */
  readonly url: string;
  /** The Express application alone. */
  readonly expressUrl: string;
  readonly log: MemoryLog;
  /** Every defect that was reported. */
  readonly defects: readonly unknown[];
  close(): Promise<void>;
}

const ANYWHERE = { host: '127.0.0.1', port: 0 };
const GRACE_MS = 2_000;

/** Opens both doors. */
export async function openDoors({ gate, health, checkTokens, adminTokens }: DoorsSetup): Promise<Doors> {
  const log = new MemoryLog('trace');
  const defects: unknown[] = [];
  const onDefect = (error: unknown): void => {
    defects.push(error);
    log.logger.error({ err: error }, 'a defect');
  };
  const metrics = new Metrics();
  const handleCheck = createCheckHandler({
    gate,
    tokens: new TokenList(checkTokens ?? []),
    brokers: new Set(['b1']),
    observer: new CheckTelemetry(metrics, log.logger),
    onDefect,
  });
  const app = createApp({
    handleCheck,
    gate,
    realm: UNASKED_REALM,
    instance: UNASKED_INSTANCE,
    adminTokens: new TokenList(adminTokens ?? []),
    hosts: new Set(),
    health,
    metrics,
    closing: new AbortController().signal,
    onDefect,
  });
  const [whole, express] = await Promise.all([
    listen(createRequestListener(handleCheck, app), ANYWHERE),
    listen(app, ANYWHERE),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all([whole.close(GRACE_MS), express.close(GRACE_MS)]);
  };
  return { url: whole.url, expressUrl: express.url, log, defects, close };
}

/**
 * The process: what it is started with, and how it ends.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.js';
import type { ServedService } from './cli/serve.js';
import { createServeCommand } from './cli/serve.js';
import { ConfigurationError } from './config/configuration-error.js';
import { loadConfig } from './config/load-config.js';
import { settingsTable } from './config/settings.js';
import { HASH_COSTS } from './credentials/hash-recipe.js';
import { GatehouseError } from './dynsec/errors.js';
import { startService } from './service.js';
import { createLog } from './telemetry/log.js';

/** Exit codes: 1, it failed; 2, it was started in the wrong way. */
const FAILED = 1;
const MISUSED = 2;

const isTerminal = process.stdout.isTTY;

async function start(flags: Readonly<Record<string, string>>): Promise<ServedService> {
  const config = loadConfig({ env: process.env, flags, passwordHashCosts: HASH_COSTS });
  const service = await startService(config, {
    log: createLog(config.logLevel),
    hashWorkerFile: fileURLToPath(new URL('./credentials/hash-worker.js', import.meta.url)),
    isTerminal,
  });
  return { ...service, file: config.dynsecFile };
}

/** The first signal asks, a second one does not. */
function onStop(callback: () => void): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(FAILED));
      callback();
    });
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function report(error: unknown): number {
  // Commander has said what is wrong, and does not call a request for help an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
  const isExpected = error instanceof GatehouseError || (error instanceof Error && 'code' in error);
  console.error(
    `gatehouse: ${isExpected ? error.message : String(error instanceof Error ? error.stack : error)}`,
  );
  return error instanceof ConfigurationError ? MISUSED : FAILED;
}

const version = readVersion();

const program = createProgram(version, [
  createServeCommand({
    version,
    settings: settingsTable(),
    isTerminal,
    print: (text) => process.stdout.write(text),
    start,
    onStop,
  }),
]);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/**
 * The process: what it is started with, and how it ends.
 */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { createClientSurroundings } from './cli/client-surroundings.js';
import type { CommandSurroundings } from './cli/command-surroundings.js';
import { createCompletionCommand } from './cli/completion.js';
import { createJudgingCommands } from './cli/judging-commands.js';
import { createMigrateCommand } from './cli/migrate.js';
import { createPasswdCommand } from './cli/passwd.js';
import { createProgram, DEFAULT_COMMAND } from './cli/program.js';
import type { ServedService } from './cli/serve.js';
import { createServeCommand } from './cli/serve.js';
import { createServiceCommands } from './cli/service-commands.js';
import { createTemplatesCommand } from './cli/templates.js';
import { loadConfig } from './config/load-config.js';
import { loadSetting } from './config/load-setting.js';
import type { ServeConfig } from './config/serve-config.js';
import { settingsTable } from './config/settings.js';
import { hashPassword } from './credentials/hash-password.js';
import { HASH_COSTS } from './credentials/hash-recipe.js';
import { parsePasswordHash } from './credentials/parse-password-hash.js';
import { GatehouseError } from './dynsec/errors.js';
import { escapeControls } from './dynsec/escape-controls.js';
import { startService } from './service.js';
import { announceServing, isWorker, leaveWorkers, startWorkers } from './workers.js';
import { loadRealm } from './store/file/load-realm.js';
import { readGoAuthRedis } from './store/go-auth-redis/read-go-auth-redis.js';
import { createLog } from './telemetry/log.js';
import { loadTemplates } from './templates/load-templates.js';
import { joinWorkers } from './workers/join-workers.js';

/** Exit codes: 1, it failed; 2, it was started in the wrong way. */
const FAILED = 1;
const MISUSED = 2;

const isTerminal = process.stdout.isTTY;

/** Aborted where the service cannot go on. */
const failing = new AbortController();

/** Beside `dist/`, in a clone as in a package. */
const TEMPLATES_FOLDER = fileURLToPath(new URL('../templates/', import.meta.url));

async function start(flags: Readonly<Record<string, string>>): Promise<ServedService> {
  const config = loadConfig({ env: process.env, flags, passwordHashCosts: HASH_COSTS });
  const { workers = availableParallelism() } = config;
  if (isWorker) return startAsWorker(config);
  if (workers === 1) return startOne(config);
  const served = await startWorkers(workers, createLog(config.logLevel));
  return { ...served, file: served.place, newPasswords: undefined };
}

async function startAsWorker(config: ServeConfig): Promise<ServedService> {
  try {
    return await startOne(config);
  } catch (error) {
    leaveWorkers();
    throw error;
  }
}

async function startOne(config: ServeConfig): Promise<ServedService> {
  const log = createLog(config.logLevel);
  const onDefect = (error: unknown): void => log.error({ err: error }, 'a defect: a worker is not answered');
  const service = await startService(config, {
    version,
    log,
    hashWorkerFile: fileURLToPath(new URL('./credentials/hash-worker.js', import.meta.url)),
    templatesFolder: TEMPLATES_FOLDER,
    scriptsFolder: fileURLToPath(new URL('./store/redis/lua/', import.meta.url)),
    isTerminal,
    ...(isWorker ? { workers: joinWorkers(onDefect) } : {}),
    fail: (error) => {
      process.exitCode = FAILED;
      console.error(`gatehouse: ${escapeControls(error.message)}`);
      failing.abort();
    },
  });
  const served = { ...service, file: service.place };
  return isWorker ? serveAsWorker(served) : served;
}

/** What a worker says to who started it keeps it alive: that ends with the service. */
function serveAsWorker(served: ServedService & { readonly place: string }): ServedService {
  announceServing(served);
  const close = async (): Promise<void> => {
    await served.close();
    process.disconnect();
  };
  return { ...served, close };
}

/** The first signal asks, a second one does not. A service that cannot go on stops in the same way. */
function onStop(callback: () => void): void {
  // It may have found that out before it was serving.
  if (failing.signal.aborted) callback();
  failing.signal.addEventListener('abort', callback);
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

/** Who reads no further, as `head` does, ends the output and changes nothing else. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  console.error(`gatehouse: standard output: ${error.message}`);
  process.exit(FAILED);
}

function surroundings(): CommandSurroundings {
  const { env } = process;
  return {
    hasColours: isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    print: (text) => process.stdout.write(text),
    warn: (text) => process.stderr.write(`gatehouse: ${escapeControls(text)}\n`),
    answer: (exitCode) => {
      process.exitCode = exitCode;
    },
    // With the journal of a service that runs on it: what it has answered may not be in the document yet.
    readPolicy: (path) => loadRealm(path, `${path}.journal`),
    readText: (path) => readFile(path, 'utf8'),
    writeText: (path, text) => writeFile(path, text),
    policySettings: (flags) => ({
      dynsecFile: loadSetting('dynsecFile', { env, flags }),
      allowAnonymous: loadSetting('allowAnonymous', { env, flags }),
      sharedSubscriptions: loadSetting('sharedSubscriptions', { env, flags }),
    }),
  };
}

/** As mosquitto_ctrl has its own. */
function optionsFile(): string | undefined {
  const { XDG_CONFIG_HOME: config, HOME: home } = process.env;
  const folder = config || (home && join(home, '.config'));
  return folder ? join(folder, 'gatehouse') : undefined;
}

/** @param misused how a command ends that was started in the wrong way. */
function report(error: unknown, misused: number): number {
  // Commander has said what is wrong, and does not call a request for help an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misused;
  const isExpected = error instanceof GatehouseError || (error instanceof Error && 'code' in error);
  const text = isExpected ? error.message : String(error instanceof Error ? error.stack : error);
  console.error(`gatehouse: ${text.split('\n').map(escapeControls).join('\n')}`);
  return isExpected && error.code === 'invalid_configuration' ? misused : FAILED;
}

process.stdout.on('error', onOutputError);

const version = readVersion();
const clientSurroundings = createClientSurroundings({
  streams: process,
  adminToken: () => loadSetting('adminToken', { env: process.env, flags: {} })?.[0],
  optionsFile: optionsFile(),
  fail: () => {
    process.exitCode = FAILED;
  },
});
const commandSurroundings = surroundings();
const judging = createJudgingCommands(commandSurroundings, clientSurroundings);
const clients = createServiceCommands(clientSurroundings);
const migrate = createMigrateCommand({
  ...commandSurroundings,
  ...clientSurroundings,
  readGoAuthRedis,
  // As redis-cli has it.
  redisPassword: () => process.env['REDISCLI_AUTH'],
});
const passwd = createPasswdCommand({
  ...clientSurroundings,
  costs: HASH_COSTS,
  hash: hashPassword,
  isHash: (text) => parsePasswordHash({ encoded: text }).usable,
});
/** These end with 2 for an answer in the negative: started in the wrong way, they have failed. */
const answering = [...judging, migrate];

const program = createProgram(version, [
  createServeCommand({
    version,
    settings: settingsTable(),
    isTerminal,
    // Who has started the workers speaks for them.
    print: (text) => isWorker || process.stdout.write(text),
    start,
    onStop,
  }),
  ...judging,
  ...clients,
  migrate,
  passwd,
  createTemplatesCommand({ ...clientSurroundings, loadTemplates: () => loadTemplates(TEMPLATES_FOLDER) }),
  createCompletionCommand({
    print: (text) => process.stdout.write(text),
    defaultCommand: DEFAULT_COMMAND,
  }),
]);
try {
  await program.parseAsync();
} catch (error) {
  const isAnswering = answering.some((command) => command.name() === program.args[0]);
  process.exitCode = report(error, isAnswering ? FAILED : MISUSED);
}

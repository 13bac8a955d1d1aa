/**
 * A real Redis for tests: on a free port of 127.0.0.1, in a temporary directory of its own, in memory alone unless told
 * otherwise, ended by its process id. It needs Debian's package `redis-server`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort, untilReady } from './server-process.js';

/** A Redis that runs. */
export interface RedisServer {
  readonly port: number;
  /** Another one after a restart. */
  readonly pid: number;
  /** Its temporary directory; gone after `stop`. */
  readonly dir: string;
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  /** Everything that it has logged so far, in all its runs. */
  logs(): string;
  /** SIGSTOP, SIGCONT and the like; with SIGKILL and SIGTERM it resolves when the process has ended. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, with the same port, directory and options, after a signal has ended it. */
  restart(): Promise<void>;
  /** Ends it (SIGKILL) and removes its directory. May be called again. */
  stop(): Promise<void>;
}

/** What a Redis is started with. */
export interface RedisSetup {
  /** Lines of redis.conf as command line options: `['--requirepass', 'secret']`. */
  readonly options?: readonly string[];
  /** Files to write into its directory, which is its working directory, first: name to content. */
  readonly files?: Readonly<Record<string, string>>;
  /** The file of these that is its configuration. */
  readonly config?: string;
  /** Its port speaks TLS alone; certificates are among the options. */
  readonly hasTls?: boolean;
  /** What it logs when it takes connections, if that is not what a Redis logs. */
  readonly ready?: RegExp;
}

/** Starts a Redis and waits until it takes connections. Throws with its log if it does not start. */
export function startRedis(setup: readonly string[] | RedisSetup = {}): Promise<RedisServer> {
  return onFreePort((port) => startRedisOn(port, isList(setup) ? { options: setup } : setup));
}

/** As {@link startRedis}, on that port. */
export async function startRedisOn(port: number, setup: RedisSetup): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-redis-'));
  const server = new RedisProcess(port, dir, setup);
  try {
    for (const [name, content] of Object.entries(setup.files ?? {}))
      await writeFile(join(dir, name), content);
    await server.restart();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class RedisProcess implements RedisServer {
  readonly url: string;
  #child: ChildProcess | undefined;
  #earlierLogs = '';
  #logs = (): string => '';

  constructor(
    readonly port: number,
    readonly dir: string,
    private readonly setup: RedisSetup,
  ) {
    this.url = `redis://127.0.0.1:${String(port)}`;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('this Redis does not run');
    return this.#child.pid;
  }

  logs(): string {
    return this.#earlierLogs + this.#logs();
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    if (!this.#child || !isRunning(this.#child)) throw new Error('this Redis does not run');
    const ended = signal === 'SIGKILL' || signal === 'SIGTERM' ? once(this.#child, 'exit') : undefined;
    this.#child.kill(signal);
    await ended;
  }

  async restart(): Promise<void> {
    if (this.#child && isRunning(this.#child)) throw new Error('this Redis runs');
    this.#earlierLogs = this.logs();
    const { config, ready = /Ready to accept connections/ } = this.setup;
    const args = [...(config === undefined ? [] : [config]), ...this.#options()];
    this.#child = spawn('redis-server', args, { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] });
    const { logs } = await untilReady(this.#child, 'redis-server', ready);
    this.#logs = logs;
  }

  async stop(): Promise<void> {
    if (this.#child?.pid !== undefined && isRunning(this.#child)) await this.signal('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }

  #options(): readonly string[] {
    const port = String(this.port);
    const ports = this.setup.hasTls ? ['--port', '0', '--tls-port', port] : ['--port', port];
    const own = [...ports, '--bind', '127.0.0.1', '--dir', this.dir];
    const inMemory = this.setup.config === undefined ? ['--save', '', '--appendonly', 'no'] : [];
    return [...own, ...inMemory, ...(this.setup.options ?? [])];
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function isList(setup: readonly string[] | RedisSetup): setup is readonly string[] {
  return Array.isArray(setup);
}

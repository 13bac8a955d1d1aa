/**
 * A real Redis for tests: on a free port of 127.0.0.1, in a temporary directory of its own, in memory alone, ended by
 * its process id. It needs Debian's package `redis-server`.
 */
import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort, stopper, untilReady } from './server-process.js';

/** A Redis that runs. */
export interface RedisServer {
  readonly port: number;
  readonly pid: number;
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  /** Everything that it has logged so far. */
  logs(): string;
  /** Ends it (SIGTERM, after 5 s SIGKILL) and removes its directory. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a Redis and waits until it takes connections. Throws with its log if it does not start.
 * @param options further lines of redis.conf as command line options: `['--requirepass', 'secret']`.
 */
export function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  return onFreePort((port) => startOnce(options, port));
}

async function startOnce(options: readonly string[], port: number): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-redis-'));
  const own = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = spawn('redis-server', [...own, ...options], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = stopper(child, dir);
  try {
    const { pid, logs } = await untilReady(child, 'redis-server', /Ready to accept connections/);
    return { port, pid, url: `redis://127.0.0.1:${String(port)}`, logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

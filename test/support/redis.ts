/**
 * A real Redis for tests: on a free port of 127.0.0.1, in a temporary directory of its own, in memory alone, ended by
 * its process id. It needs Debian's package `redis-server`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './mosquitto.js';

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

const START_MS = 10_000;
const STOP_MS = 5_000;
const ATTEMPTS = 3;

/**
 * Starts a Redis and waits until it takes connections. Throws with its log if it does not start.
 * @param options further lines of redis.conf as command line options: `['--requirepass', 'secret']`.
 */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Between asking for a free port and listening on it somebody else may have taken it.
      if (attempt === ATTEMPTS || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function startOnce(options: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
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
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await end(child);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const { pid, logs } = await untilReady(child);
    return { port, pid, url: `redis://127.0.0.1:${String(port)}`, logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line that Redis logs once it takes connections. */
function untilReady(child: ChildProcess): Promise<{ pid: number; logs: () => string }> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`redis-server did not start: ${why}\n${log}`));
    };
    const timer = setTimeout(fail, START_MS, `not ready after ${String(START_MS)} ms`);
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('close', (code, signal) => {
      fail(`ended with ${String(code ?? signal)}`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        log += chunk;
        if (child.pid === undefined || !log.includes('Ready to accept connections')) return;
        clearTimeout(timer);
        resolve({ pid: child.pid, logs: () => log });
      });
    }
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

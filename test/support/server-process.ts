/**
 * Servers that tests run: processes on a free port of 127.0.0.1 with a temporary directory of their own, ended by their
 * process id.
 */
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';

const START_MS = 10_000;
const STOP_MS = 5_000;
const ATTEMPTS = 3;

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server on a port that is free, anew where somebody has taken that port meanwhile. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      // Between asking for a free port and listening on it somebody else may have taken it.
      if (attempt === ATTEMPTS || !String(error).includes('Address already in use')) throw error;
    }
  }
}

/** Waits until a server logs that it is ready. Throws with its log if it ends before, or does not come so far. */
export function untilReady(
  child: ChildProcess,
  name: string,
  ready: RegExp,
): Promise<{ pid: number; logs: () => string }> {
  return new Promise((resolve, reject) => {
    let log = '';
    let isReady = false;
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`${name} did not start: ${why}\n${log}`));
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
        if (isReady || child.pid === undefined || !ready.test(log)) return;
        isReady = true;
        clearTimeout(timer);
        resolve({ pid: child.pid, logs: () => log });
      });
    }
  });
}

/** What ends a server (the signal, after 5 s SIGKILL) and removes its directory. May be called again. */
export function stopper(
  child: ChildProcess,
  dir: string,
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): () => Promise<void> {
  return async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      await end(child, signal);
    }
    await rm(dir, { recursive: true, force: true });
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill(signal);
  });
}

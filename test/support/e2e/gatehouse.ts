/** The service itself, as a process of its own: what is built in `dist/`, run as an operator runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { bounded } from './eventually.js';

/** What the service is started with. */
export interface GatehouseSetup {
  /** Path of the dynamic-security.json; its folder is the working directory. */
  readonly file: string;
  /** The port of 127.0.0.1 to listen on; any free one if absent. */
  readonly port?: number;
  /** Further `GATEHOUSE_*` variables. Those of the tests' own environment are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended: its exit code, or the signal that killed it. */
export type Ending = number | NodeJS.Signals;

/** A running service. */
export interface Gatehouse {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Sends a signal and returns at once; SIGSTOP and SIGCONT suspend and resume. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal, SIGTERM if none is named, and waits for the end. May be called again. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<Ending>;
  /** Everything written to stdout and stderr so far. */
  output(): string;
}

const LISTENING = /http:\/\/127\.0\.0\.1:(\d+)/;

/** Starts the service and waits for the line that says where it listens. Throws with its output otherwise. */
export async function startGatehouse(setup: GatehouseSetup): Promise<Gatehouse> {
  const main = resolve('dist/main.js');
  if (!existsSync(main)) throw new Error('dist/main.js is missing: npm run build');
  const child = spawn(process.execPath, [main], {
    cwd: resolve(setup.file, '..'),
    env: environment(setup),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Ending>((done) =>
    child.once('close', (code, signal) => done(code ?? signal ?? -1)),
  );
  try {
    const { port, pid, output } = await bounded(untilListening(child), 'the start of gatehouse');
    const signal = (name: NodeJS.Signals): void => void child.kill(name);
    return {
      url: `http://127.0.0.1:${String(port)}`,
      port,
      pid,
      output,
      signal,
      stop: stopper(child, ended),
    };
  } catch (error) {
    await stopper(child, ended)('SIGKILL');
    throw error;
  }
}

function environment(setup: GatehouseSetup): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_'));
  return {
    ...Object.fromEntries(inherited),
    GATEHOUSE_LISTEN: `127.0.0.1:${String(setup.port ?? 0)}`,
    GATEHOUSE_DYNSEC_FILE: setup.file,
    // A machine that runs tests is busy with others of them.
    GATEHOUSE_SHED_LOGINS_LAG: '60',
    GATEHOUSE_SHED_CHECKS_LAG: '60',
    ...setup.env,
  };
}

function untilListening(child: ChildProcess): Promise<{ port: number; pid: number; output: () => string }> {
  return new Promise((done, fail) => {
    let text = '';
    const read = (chunk: string): void => {
      text += chunk;
      const port = LISTENING.exec(text)?.[1];
      if (port !== undefined && child.pid !== undefined) {
        done({ port: Number(port), pid: child.pid, output: () => text });
      }
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('error', fail);
    child.once('close', (code, signal) => {
      fail(new Error(`gatehouse ended with ${String(code ?? signal)} instead of listening\n${text}`));
    });
  });
}

function stopper(child: ChildProcess, ended: Promise<Ending>): Gatehouse['stop'] {
  return async (signal = 'SIGTERM') => {
    if (child.pid === undefined) return -1;
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    try {
      return await bounded(ended, `the end of gatehouse after ${signal}`);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  };
}

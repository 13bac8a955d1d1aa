/** Runs `store-process.mjs`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { bounded } from '../e2e/eventually.js';

const SCRIPT = resolve(__dirname, 'store-process.mjs');

/** A line of what the process says. */
export interface StoreProcessLine {
  /** Of a batch that was acknowledged. */
  readonly n?: number;
  readonly revision?: string;
  readonly error?: string;
  readonly name?: string;
  readonly warning?: string;
  /** The revision before a change. */
  readonly before?: string;
  readonly clients?: number;
}

/** What the process has said, and how it ended. */
export interface StoreProcessEnding {
  readonly lines: readonly StoreProcessLine[];
  readonly errors: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How the process is run. */
export interface StoreProcessOptions {
  /** What comes before `node`, such as a shell that sets limits and ends with `exec "$@"`. */
  readonly through?: readonly string[];
  /** Kills the process so long after it has said something for the first time. */
  readonly killAfterMs?: number;
}

/** @param args the file, the mode, and what the mode takes. */
export async function runStoreProcess(
  args: readonly string[],
  { through = [], killAfterMs }: StoreProcessOptions = {},
): Promise<StoreProcessEnding> {
  const [command = '', ...rest] = [...through, process.execPath, SCRIPT, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: StoreProcessLine[] = [];
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  createInterface(child.stdout).on('line', (line) => {
    // A process that is killed may have been in the middle of a line.
    if (line.endsWith('}')) lines.push(JSON.parse(line) as StoreProcessLine);
    if (killAfterMs !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  try {
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const [code, signal] = await bounded(ended, 'the end of a store process', 30_000);
    return { lines, errors, code, signal };
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './paths.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Something that the user has to know, without a stack: the message says what happened and what to do. */
export class ToolError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Says something on standard error: standard output belongs to what is started. */
export function say(text) {
  process.stderr.write(`gatehouse: ${text}\n`);
}

/**
 * Runs a program in the project's folder and waits until it has ended. A signal to this process is passed on to it,
 * so that nothing is left running.
 * @returns its exit code; 128 and the number of the signal where one ended it.
 */
export function run(file, args, { env = {}, stdio = 'inherit', onSpawn = () => {} } = {}) {
  const child = spawn(file, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio });
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  const ended = new Promise((resolve, reject) => {
    child.once('spawn', () => onSpawn(child.pid));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
  return ended.finally(() => {
    for (const signal of SIGNALS) process.off(signal, pass);
  });
}

/** Like `run`, but any exit code other than 0 is an error with this message. */
export async function runOrFail(file, args, options, message) {
  const code = await run(file, args, options);
  if (code > 128) throw new ToolError('interrupted', code);
  if (code !== 0) throw new ToolError(`${message} (exit code ${code})`);
}

/** Runs the whole of a tool: a ToolError becomes its message and its exit code, anything else a stack. */
export async function runTool(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}

/** `gatehouse` as a process: what is built in `dist/`, run as somebody types it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { bounded } from '../e2e/eventually.js';

/** How a command is run. */
export interface CommandSetup {
  /** What its standard input is; nothing if absent. */
  readonly input?: string;
  /** The folder in which it runs. */
  readonly cwd?: string;
  /** Further variables. `GATEHOUSE_*`, HOME and XDG_CONFIG_HOME of the tests' own environment are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line of a command. */
export function gatehouseCommand(args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, resolve('dist/main.js'), ...args];
}

/** The environment of a command. */
export function commandEnvironment(env: CommandSetup['env'] = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:GATEHOUSE_.*|HOME|XDG_CONFIG_HOME)$/.test(name),
  );
  return { ...Object.fromEntries(inherited), HOME: '/nonexistent', ...env };
}

/** Runs a command to its end. */
export async function runGatehouse(
  args: readonly string[],
  { input = '', cwd, env }: CommandSetup = {},
): Promise<CommandResult> {
  const [program, ...rest] = gatehouseCommand(args);
  const child = spawn(program, rest, { cwd, env: commandEnvironment(env), stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that does not read may be gone before it is told anything.
  child.stdin.on('error', () => undefined).end(input);
  try {
    const [code] = (await bounded(once(child, 'close'), `gatehouse ${args.join(' ')}`)) as [number | null];
    return { code, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}

/** A command on a terminal, by `script` of util-linux, and somebody who types. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bounded } from '../e2e/eventually.js';
import { commandEnvironment, gatehouseCommand } from './run-gatehouse.js';

/** Waits for a text on the terminal, then types; what is typed may take its time. */
export type TerminalStep = readonly [expected: string, typed: string | (() => Promise<string>)];

/** What the terminal showed, and how the command ended. */
export interface TerminalResult {
  readonly code: number | null;
  readonly screen: string;
}

/** Runs `gatehouse` on a terminal. Throws with what was shown where a text does not come. */
export async function onTerminal(
  args: readonly string[],
  steps: readonly TerminalStep[] = [],
  env?: Readonly<Record<string, string>>,
): Promise<TerminalResult> {
  const command = gatehouseCommand(args).map(quote).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: commandEnvironment(env),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let [seen, next] = [0, 0];
  const answer = async (): Promise<void> => {
    const [expected, typed] = steps[next] ?? [];
    const at = expected === undefined ? -1 : screen.indexOf(expected, seen);
    if (expected === undefined || typed === undefined || at === -1) return;
    [seen, next] = [at + expected.length, next + 1];
    child.stdin.write(typeof typed === 'string' ? typed : await typed());
    await answer();
  };
  let answering = Promise.resolve();
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    answering = answering.then(answer);
  });
  try {
    const [code] = (await bounded(once(child, 'close'), command)) as [number | null];
    await answering;
    if (next < steps.length)
      throw new Error(`no \`${String(steps[next]?.[0])}\` in ${JSON.stringify(screen)}`);
    return { code, screen };
  } finally {
    child.kill('SIGKILL');
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

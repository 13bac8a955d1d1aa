/** A command on a terminal, by `script` of util-linux, and somebody who types. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bounded } from '../e2e/eventually.js';
import { commandEnvironment, gatehouseCommand } from './run-gatehouse.js';

/** Waits for a text on the terminal, then types. */
export type TerminalStep = readonly [expected: string, typed: string];

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
  let [screen, seen, next] = ['', 0, 0];
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    for (let step = steps[next]; step; step = steps[next]) {
      const at = screen.indexOf(step[0], seen);
      if (at === -1) break;
      seen = at + step[0].length;
      next += 1;
      child.stdin.write(step[1]);
    }
  });
  try {
    const [code] = (await bounded(once(child, 'close'), `${command} after ${screen}`)) as [number | null];
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

/**
 * The commands that speak to a service, run inside the test: as `main.ts` puts them together, for tests that need
 * hundreds of them. What a process adds (streams, exit codes, signals) is tested with processes.
 */
import { CommanderError } from 'commander';
import type { ClientSurroundings } from '../../../src/cli/client-surroundings.js';
import { createProgram } from '../../../src/cli/program.js';
import { Prompter } from '../../../src/cli/prompter.js';
import { createServiceCommands } from '../../../src/cli/service-commands.js';
import { GatehouseError } from '../../../src/dynsec/errors.js';
import type { CommandResult } from './run-gatehouse.js';

/** Runs a command line without terminal and input, with a token. */
export async function runInside(args: readonly string[], token: string): Promise<CommandResult> {
  let [code, stdout, stderr] = [0, '', ''];
  const complain = (text: string): void => {
    stderr += `${text}\n`;
  };
  const surroundings: ClientSurroundings = {
    print: (text) => (stdout += text),
    warn: complain,
    complain,
    fail: () => (code = 1),
    isTerminal: false,
    prompter: new Prompter({ input: process.stdin, output: { write: () => undefined } }),
    showProgress: undefined,
    readInput: () => Promise.resolve(new Uint8Array()),
    adminToken: () => token,
    optionsFile: undefined,
  };
  const program = createProgram('0', createServiceCommands(surroundings));
  for (const command of [program, ...program.commands.flatMap((child) => [child, ...child.commands])]) {
    command.configureOutput({ writeErr: (text) => (stderr += text) });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof GatehouseError)) throw error;
    stderr += `${error.message}\n`;
    const isMisused = error instanceof CommanderError || error.code === 'invalid_configuration';
    code = isMisused ? 2 : 1;
  }
  return { code, stdout, stderr };
}

import { Command } from 'commander';

/** What `gatehouse` without a command is. */
export const DEFAULT_COMMAND = 'serve';

/** The command line of `gatehouse`. Each command comes with all that it needs (`main.ts`). */
export function createProgram(version: string, commands: readonly Command[]): Command {
  const program = new Command('gatehouse')
    .description('The HTTP auth backend for fleets of Mosquitto brokers.')
    .version(version)
    // What comes after the name of a command is for that command.
    .enablePositionalOptions()
    .showHelpAfterError('(gatehouse --help tells more)');
  for (const command of commands) {
    program.addCommand(command, { isDefault: command.name() === DEFAULT_COMMAND });
  }
  throwInsteadOfExit(program);
  return program;
}

/** Commander ends the process by itself; here the composition root does that, for all errors alike. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

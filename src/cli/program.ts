import { Command } from 'commander';
import type { ServeCommand } from './serve.js';
import { createServeCommand } from './serve.js';

/** What the commands need from outside. */
export interface ProgramDependencies extends ServeCommand {
  readonly version: string;
}

/** The command line of `gatehouse`. */
export function createProgram(dependencies: ProgramDependencies): Command {
  return new Command('gatehouse')
    .description('The HTTP auth backend for fleets of Mosquitto brokers.')
    .version(dependencies.version)
    .showHelpAfterError('(gatehouse --help tells more)')
    .addCommand(createServeCommand(dependencies), { isDefault: true });
}

import type { Command } from 'commander';
import type { ClientSurroundings } from './client-surroundings.js';
import type { CommandSurroundings } from './command-surroundings.js';
import { createExplainCommand } from './explain.js';
import { createLintCommand } from './lint.js';
import { createVerifyCommand } from './verify.js';

/** The commands that judge a policy. They end with 2 for an answer in the negative, and with 1 whenever they fail. */
export function createJudgingCommands(
  surroundings: CommandSurroundings,
  client: ClientSurroundings,
): readonly Command[] {
  return [
    createExplainCommand(surroundings, client),
    createVerifyCommand(surroundings),
    createLintCommand(surroundings),
  ];
}

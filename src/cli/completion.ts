import { Argument, Command } from 'commander';
import { bashCompletion } from './completion/bash.js';
import type { CompletedCommand } from './completion/completion-tree.js';
import { completionTree } from './completion/completion-tree.js';
import { fishCompletion } from './completion/fish.js';
import { zshCompletion } from './completion/zsh.js';

const SHELLS: Readonly<Record<string, (tree: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** What `gatehouse completion` needs from outside. */
export interface CompletionCommand {
  print(text: string): void;
  /** What is meant where no command is named. */
  readonly defaultCommand: string;
}

/** `gatehouse completion`: a script with which a shell completes every command of the program that this one is in. */
export function createCompletionCommand(surroundings: CompletionCommand): Command {
  const command = new Command('completion')
    .description('Print a script that makes a shell complete `gatehouse`.')
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(SHELLS)))
    .addHelpText('after', '\nIn bash, for this session: source <(gatehouse completion bash)');
  return command.action((shell: string) => {
    const program = command.parent;
    if (!program) return;
    surroundings.print(SHELLS[shell]?.(completionTree(program, surroundings.defaultCommand)) ?? '');
  });
}

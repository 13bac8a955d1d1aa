import type { Argument, Command, Option } from 'commander';

/** What may stand somewhere: one of some words, the name of a file, or anything. */
export type Completion =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'anything' };

/** An option of a command. */
export interface CompletedOption {
  /** With their dashes. */
  readonly names: readonly string[];
  readonly help: string;
  /** Of its value; undefined: it has none. */
  readonly value: Completion | undefined;
}

/** A command, and what may follow it. */
export interface CompletedCommand {
  /** The words that lead to it, from the program on: `dynsec createClient`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly help: string }[];
  readonly options: readonly CompletedOption[];
  readonly parameters: readonly Completion[];
}

/**
 * Everything that can be completed, a command each, the program first.
 * @param ifNone the name of the command that is meant where none is named.
 */
export function completionTree(program: Command, ifNone: string): readonly CompletedCommand[] {
  const [root, ...others] = describe(program, '');
  const meant = others.find(({ path }) => path === ifNone);
  if (!root || !meant) return others;
  const known = new Set(root.options.flatMap(({ names }) => names));
  const more = meant.options.filter(({ names }) => !names.some((name) => known.has(name)));
  return [{ ...root, options: [...root.options, ...more] }, ...others];
}

function describe(command: Command, path: string): readonly CompletedCommand[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).map((child) => ({
    child,
    name: child.name(),
    help: help.subcommandDescription(child),
  }));
  const own: CompletedCommand = {
    path,
    commands: children.map(({ name, help }) => ({ name, help })),
    options: help.visibleOptions(command).map(describeOption),
    parameters: command.registeredArguments.map(describeArgument),
  };
  const names: Completion = { kind: 'words', words: children.map(({ name }) => name) };
  return [
    own,
    ...children.flatMap(({ child, name }) => {
      const below = path === '' ? name : `${path} ${name}`;
      // What commander's own `help` takes is what stands beside it.
      if (name === 'help') return [{ path: below, commands: [], options: [], parameters: [names] }];
      return describe(child, below);
    }),
  ];
}

function describeOption(option: Option): CompletedOption {
  const { short, long, description, argChoices, flags } = option;
  const takesValue = option.required || option.optional;
  return {
    names: [short, long].filter((name) => name !== undefined),
    help: description,
    value: takesValue ? completionOf(flags, argChoices) : undefined,
  };
}

function describeArgument(argument: Argument): Completion {
  return completionOf(argument.name(), argument.argChoices);
}

function completionOf(name: string, words: readonly string[] | undefined): Completion {
  if (words) return { kind: 'words', words };
  return { kind: /\b(?:file|policy|cases|cert|key|ca)\b/.test(name) ? 'file' : 'anything' };
}

/** The place of a word on the command line: the path of its command, a space, and the word. */
export type WordKey = string;

/** The words that lead to another command. */
export function commandKeys(tree: readonly CompletedCommand[]): readonly WordKey[] {
  return tree.flatMap(({ path, commands }) => commands.map(({ name }) => `${path} ${name}`));
}

/** The options after which a value comes, with what that may be. */
export function valueEntries(tree: readonly CompletedCommand[]): readonly (readonly [WordKey, Completion])[] {
  return tree.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) => {
      return value ? names.map((name) => [`${path} ${name}`, value] as const) : [];
    }),
  );
}

/** What may stand where: by the path of a command, a colon, and the position after it, from 1 on. */
export function positionEntries(
  tree: readonly CompletedCommand[],
): readonly (readonly [string, Completion])[] {
  return tree.flatMap(({ path, parameters }) =>
    parameters.map((completion, i) => [`${path}:${i + 1}`, completion] as const),
  );
}

/** For a POSIX shell: a word that stands for itself. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

import type { DynsecCommand, Flag, Members } from './grammar.js';

/** Options as commander keeps them: false for the opposite of a flag. */
export type GivenOptions = Readonly<Partial<Record<string, unknown>>>;

/** What a command line says, as members of a request. */
export function readMembers(
  { parameters, flags = [] }: DynsecCommand,
  values: readonly unknown[],
  options: GivenOptions,
): Members {
  const entries = [
    ...parameters.map(({ member }, i) => [member, values[i]] as const),
    ...flags.map((flag) => [flag.member, valueOf(flag, options[flag.member])] as const),
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Whether any flag of the command was given. */
export function hasFlags({ flags = [] }: DynsecCommand, options: GivenOptions): boolean {
  return flags.some(({ member }) => options[member] !== undefined);
}

function valueOf(flag: Flag, value: unknown): unknown {
  // False is what the opposite of a flag leaves; `--allowwildcardsubs false`, which has none, means it.
  return value === false && flag.options.length > 1 ? flag.negated : value;
}

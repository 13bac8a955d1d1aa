import { readFile, stat } from 'node:fs/promises';
import type { Option } from 'commander';
import { CommandError } from './command-error.js';
import { fileProblem, isMissing } from './file-problem.js';

/** A file of options as it stands in the file system. */
export interface OptionsFile {
  readonly path: string;
  /** Undefined: there is no such file. */
  readonly text: string | undefined;
  /** Others than the owner may read it. */
  readonly isOpen: boolean;
}

/** Options by the names under which commander keeps them. */
export type FileOptions = Readonly<Partial<Record<string, string>>>;

/** Reads a file of options, which need not be there. @throws CommandError where it cannot be read. */
export async function readOptionsFile(path: string): Promise<OptionsFile> {
  try {
    const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { path, text, isOpen: (mode & 0o077) !== 0 };
  } catch (cause) {
    if (isMissing(cause)) return { path, text: undefined, isOpen: false };
    throw misused(`options file \`${path}\`: ${fileProblem(cause)}`, { cause });
  }
}

/**
 * What a file of options says: one `-option value` a line, as mosquitto_ctrl has them; lines that begin with `#` are
 * comments. The value is the rest of the line, spaces inside it included.
 * @param known the options that may stand there, each with a value.
 * @throws CommandError that names the line.
 */
export function parseOptionsFile({ path, text }: OptionsFile, known: readonly Option[]): FileOptions {
  const values = new Map<string, string>();
  for (const [i, line] of (text ?? '').split(/\r?\n/).entries()) {
    const [flag, value] = splitLine(line);
    if (flag === undefined) continue;
    const place = `options file \`${path}\`, line ${i + 1}`;
    const option = known.find(({ short, long }) => flag === short || flag === long);
    if (!option) {
      const flags = known.map(({ short, long }) => [short, long].filter(Boolean).join(' '));
      throw misused(`${place}: \`${flag}\` is none of ${flags.join(', ')}`);
    }
    if (value === undefined) throw misused(`${place}: \`${flag}\` has no value`);
    values.set(option.attributeName(), value);
  }
  return Object.fromEntries(values);
}

function splitLine(line: string): readonly [flag?: string, value?: string] {
  if (line.startsWith('#')) return [];
  const [, flag, value] = /^\s*(\S+)(?:\s+(.*\S))?\s*$/.exec(line) ?? [];
  if (flag === undefined) return [];
  return value === undefined ? [flag] : [flag, value];
}

function misused(message: string, options?: ErrorOptions): CommandError {
  return new CommandError('invalid_configuration', message, options);
}

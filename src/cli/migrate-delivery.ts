import { randomUUID } from 'node:crypto';
import { link, rename, rm, stat } from 'node:fs/promises';
import { escapeControls } from '../dynsec/escape-controls.js';
import type { Migration } from '../migrate/migration.js';
import { writeDocument } from '../migrate/migration.js';
import { CommandError } from './command-error.js';
import { fileProblem } from './file-problem.js';
import { migrationReport, migrationSummary } from './migrate-report.js';
import { replaceFile } from './replace-file.js';

/** Where the results of a migration go. */
export interface DeliveryFlags {
  readonly output?: string;
  readonly report?: string;
  readonly force?: true;
}

/** What delivering them needs from outside. */
export interface DeliverySurroundings {
  print(text: string): void;
  /** Writes a line beside the output. */
  complain(text: string): void;
  /** Sets how the process ends: 0, or 2 where something was not carried over. */
  answer(exitCode: 0 | 2): void;
  /** Whether somebody sees what is printed. */
  readonly isTerminal: boolean;
}

/**
 * Migrates, and puts document and report where they are wanted. A file that is there stays, and then nothing is begun,
 * unless it may be written over.
 * @throws CommandError where a file is in the way or cannot be written.
 */
export async function deliver(
  surroundings: DeliverySurroundings,
  { output, report, force }: DeliveryFlags,
  migrate: () => Promise<Migration>,
): Promise<void> {
  for (const path of [output, report]) if (path !== undefined && !force) await refuseToOverwrite(path);
  const migration = await migrate();
  const text = writeDocument(migration.configuration);
  if (output === undefined) printDocument(surroundings, text);
  else await write(output, text, force);
  const lines = migrationReport(migration);
  if (report !== undefined)
    await write(report, lines.map((line) => `${escapeControls(line)}\n`).join(''), force);
  for (const line of report === undefined ? lines : []) surroundings.complain(line);
  surroundings.complain(migrationSummary(migration));
  surroundings.answer(migration.findings.some(({ kind }) => kind === 'lost') ? 2 : 0);
}

/** Programs get the very document; on a terminal nothing in it is to act. */
function printDocument(surroundings: DeliverySurroundings, text: string): void {
  const { isTerminal } = surroundings;
  surroundings.print(isTerminal ? text.replace(/[^\n\t]+/g, (part) => escapeControls(part)) : text);
}

async function refuseToOverwrite(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw inTheWay(path);
}

function inTheWay(path: string): CommandError {
  return new CommandError('conflict', `\`${path}\` is there already: --force writes over it`);
}

async function write(path: string, text: string, mayOverwrite: true | undefined): Promise<void> {
  try {
    if (mayOverwrite) await replaceFile(path, text, randomUUID());
    else await createFile(path, text);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('not_written', `\`${path}\` is not written: ${fileProblem(cause)}`, { cause });
  }
}

/** A link, unlike a rename, takes no other file's place: not even one that came to be a moment ago. */
async function createFile(path: string, text: string): Promise<void> {
  const whole = `${path}.${randomUUID()}`;
  try {
    await replaceFile(whole, text, 'new');
    await link(whole, path).catch(async (error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw inTheWay(path);
      // Some file systems have no links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error;
      await refuseToOverwrite(path);
      await rename(whole, path);
    });
  } finally {
    await rm(whole, { force: true });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

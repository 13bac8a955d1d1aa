import { readFile } from 'node:fs/promises';
import { Argument, Command, Option } from 'commander';
import type { Finding } from '../dynsec/document/finding.js';
import { shownUrl } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { fileProblem } from './file-problem.js';
import { findingLines, hasChanges, importedText, trialText } from './output/import-text.js';
import { transferProgress } from './output/transfer-progress.js';
import { visibleJson } from './output/visible.js';
import type { Upload } from './put-document.js';
import { DocumentRefusedError, putDocument, tryDocument } from './put-document.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';
import type { WaitFlag } from './wait-option.js';
import { addWaitOption, tellEnforced } from './wait-option.js';

interface ImportOptions extends ServiceFlags, WaitFlag {
  readonly merge?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly force?: true;
  readonly json?: true;
}

/** `gatehouse import`: a dynamic-security.json takes the place of what a service holds, or is merged into it. */
export function createImportCommand(surroundings: ClientSurroundings): Command {
  const command = new Command('import')
    .description('Put a dynamic-security.json in the place of what a service holds, whole or not at all.')
    .addArgument(new Argument('<file>', 'the document; `-` is standard input'))
    .addOption(new Option('--merge', 'add and change what the document names, and leave the rest'))
    .addOption(new Option('--dry-run', 'print what would change, and change nothing'))
    .addOption(new Option('--yes', 'do not ask'))
    .addOption(new Option('--force', 'also with warnings, and also where nobody could administer then'))
    .addOption(new Option('--json', 'print the answer of the service'))
    .action((file: string, options: ImportOptions) => runImport(surroundings, file, options));
  return addServiceOptions(addWaitOption(command));
}

async function runImport(
  surroundings: ClientSurroundings,
  file: string,
  options: ImportOptions,
): Promise<void> {
  const mayAsk = surroundings.prompter.isTerminal && file !== '-';
  if (!options.dryRun && !options.yes && !mayAsk) {
    throw new CommandError('invalid_configuration', 'nobody can be asked whether this is meant: give --yes');
  }
  const upload: Upload = {
    service: await findService(options, surroundings),
    name: file,
    body: await readDocument(surroundings, file),
    isMerged: options.merge ?? false,
    isForced: options.force ?? false,
    ...(options.wait ? { wait: true } : {}),
  };
  try {
    await importDocument(surroundings, upload, options);
  } catch (error) {
    if (error instanceof DocumentRefusedError) showRefused(surroundings, error, options);
    throw error;
  }
}

async function importDocument(
  surroundings: ClientSurroundings,
  upload: Upload,
  options: ImportOptions,
): Promise<void> {
  const progress = transferProgress(surroundings.showProgress);
  let revision: string | undefined;
  if (options.dryRun || !options.yes) {
    const trial = await tryDocument(upload, progress);
    showFindings(surroundings, trial.findings);
    const { revision: looked, ...shown } = trial;
    surroundings.print(options.json ? visibleJson(shown) : trialText(trial));
    if (options.dryRun || !hasChanges(trial) || !(await isMeant(surroundings, upload))) return;
    revision = looked;
  }
  const { imported, enforced } = await putDocument(upload, progress, revision);
  if (options.yes) showFindings(surroundings, imported.findings);
  surroundings.print(options.json ? visibleJson(imported) : importedText(imported));
  tellEnforced(surroundings, options, enforced);
}

async function isMeant(surroundings: ClientSurroundings, { service, isMerged }: Upload): Promise<boolean> {
  const what = isMerged ? 'Merge this into' : 'Replace by this';
  const isMeant = await surroundings.prompter.confirm(`${what} what ${shownUrl(service)} holds?`);
  if (!isMeant) surroundings.complain('Nothing is changed.');
  return isMeant;
}

function showRefused(
  surroundings: ClientSurroundings,
  { refused }: DocumentRefusedError,
  { json }: ImportOptions,
): void {
  if (json) surroundings.print(visibleJson(refused));
  else showFindings(surroundings, refused.findings);
}

function showFindings(surroundings: ClientSurroundings, findings: readonly Finding[]): void {
  for (const line of findingLines(findings)) surroundings.complain(line);
}

async function readDocument(surroundings: ClientSurroundings, file: string): Promise<Uint8Array> {
  if (file === '-') return surroundings.readInput();
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CommandError('invalid_document', `\`${file}\`: ${fileProblem(cause)}`, { cause });
  }
}

import { randomUUID } from 'node:crypto';
import { Argument, Command, Option } from 'commander';
import { escapeControls } from '../dynsec/escape-controls.js';
import { callService, refusal } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { fileProblem } from './file-problem.js';
import { transferProgress } from './output/transfer-progress.js';
import { replaceFile } from './replace-file.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';

interface ExportOptions extends ServiceFlags {
  readonly hashes?: true;
}

/** `gatehouse export`: the realm as a dynamic-security.json. */
export function createExportCommand(surroundings: ClientSurroundings): Command {
  const command = new Command('export')
    .description('Write what a service holds as a dynamic-security.json.')
    .addArgument(new Argument('[file]', 'where to; `-` or nothing is standard output').default('-'))
    .addOption(new Option('--hashes', 'with password hashes, which takes the token of GATEHOUSE_ADMIN_TOKEN'))
    .addHelpText('after', '\nWithout --hashes nobody in it could log in where it is imported.')
    .action((file: string, options: ExportOptions) => exportDocument(surroundings, file, options));
  return addServiceOptions(command);
}

async function exportDocument(
  surroundings: ClientSurroundings,
  file: string,
  options: ExportOptions,
): Promise<void> {
  const service = await findService(options, surroundings);
  const progress = transferProgress(file === '-' ? undefined : surroundings.showProgress);
  const reply = await callService(service, {
    method: 'GET',
    path: 'v1/document',
    query: options.hashes ? { hashes: 'true' } : {},
    onProgress: progress.show,
  }).finally(progress.end);
  if (reply.status !== 200) throw refusal(service, reply);
  if (file === '-') {
    // Programs get the very document; on a terminal nothing in it is to act.
    const { text } = reply;
    surroundings.print(
      surroundings.isTerminal ? text.replace(/[^\n\t]+/g, (part) => escapeControls(part)) : text,
    );
    return;
  }
  await replaceFile(file, reply.text, randomUUID()).catch((cause: unknown) => {
    throw new CommandError('not_written', `\`${file}\` is not written: ${fileProblem(cause)}`, { cause });
  });
}

import { Command } from 'commander';
import { callService, jsonOf, refusal, shownUrl } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { statusText } from './output/status-text.js';
import { visibleJson } from './output/visible.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';
import { statusSchema } from './status-schema.js';

interface StatusOptions extends ServiceFlags {
  readonly json?: true;
}

/** `gatehouse status`: how a running service does. */
export function createStatusCommand(surroundings: ClientSurroundings): Command {
  const command = new Command('status')
    .description('Tell how a running service does: its policy, its load, its caches, whose logins fail.')
    .option('--json', 'print the answer of the service')
    .action((options: StatusOptions) => showStatus(surroundings, options));
  return addServiceOptions(command);
}

async function showStatus(surroundings: ClientSurroundings, options: StatusOptions): Promise<void> {
  const service = await findService(options, surroundings);
  const reply = await callService(service, { method: 'GET', path: 'v1/status' });
  if (reply.status !== 200) throw refusal(service, reply);
  const answer = jsonOf(service, reply);
  const status = statusSchema.safeParse(answer);
  if (!status.success) {
    throw new CommandError('undecided', `${shownUrl(service)} answers with something that is no status`);
  }
  surroundings.print(options.json ? visibleJson(answer) : statusText(status.data));
}

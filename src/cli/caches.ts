import { Argument, Command } from 'commander';
import { z } from 'zod';
import { callService, jsonOf, refusal, shownUrl } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { visibleJson } from './output/visible.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';

interface ClearOptions extends ServiceFlags {
  readonly json?: true;
}

const answerSchema = z.object({ cleared: z.record(z.string(), z.number()) });

/** `gatehouse caches`: what one instance remembers. */
export function createCachesCommand(surroundings: ClientSurroundings): Command {
  return new Command('caches')
    .description('Empty what a running service remembers.')
    .addCommand(createClearCommand(surroundings));
}

function createClearCommand(surroundings: ClientSurroundings): Command {
  const command = new Command('clear')
    .description('Forget everything, or what is remembered of one user name. Decisions do not change by it.')
    .addArgument(new Argument('[username]', 'of whom; nothing is everybody'))
    .option('--json', 'print the answer of the service')
    .action((username: string | undefined, options: ClearOptions) =>
      clearCaches(surroundings, username, options),
    );
  return addServiceOptions(command);
}

async function clearCaches(
  surroundings: ClientSurroundings,
  username: string | undefined,
  options: ClearOptions,
): Promise<void> {
  const service = await findService(options, surroundings);
  const query = username === undefined ? {} : { username };
  const reply = await callService(service, { method: 'DELETE', path: 'v1/caches', query, isChange: true });
  if (reply.status !== 200) throw refusal(service, reply);
  const answer = answerSchema.safeParse(jsonOf(service, reply));
  if (!answer.success) {
    throw new CommandError('undecided', `${shownUrl(service)} does not say what it has forgotten`);
  }
  const lines = Object.entries(answer.data.cleared).map(
    ([name, entries]) => `${name}: ${entries} forgotten\n`,
  );
  surroundings.print(options.json ? visibleJson(answer.data) : lines.join(''));
}

import { Command } from 'commander';
import { z } from 'zod';
import { escapeControls } from '../dynsec/escape-controls.js';
import { callService, jsonOf, refusal, shownUrl } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { visibleJson } from './output/visible.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';
import type { WaitFlag } from './wait-option.js';
import { addWaitOption, enforcedOf, tellEnforced, waitQuery } from './wait-option.js';

interface TouchOptions extends ServiceFlags, WaitFlag {
  readonly json?: true;
}

const answerSchema = z.object({ revision: z.string() });

/** `gatehouse touch`: all instances take over what was written into Redis by hand. */
export function createTouchCommand(surroundings: ClientSurroundings): Command {
  const command = new Command('touch')
    .description('Take over what was written into Redis by hand, on all instances.')
    .option('--json', 'print the answer of the service')
    .action((options: TouchOptions) => touch(surroundings, options));
  return addServiceOptions(addWaitOption(command));
}

async function touch(surroundings: ClientSurroundings, options: TouchOptions): Promise<void> {
  const service = await findService(options, surroundings);
  const reply = await callService(service, {
    method: 'POST',
    path: 'v1/touch',
    query: waitQuery(options),
    body: Buffer.from('{}'),
    isChange: true,
  });
  if (reply.status !== 200) throw refusal(service, reply);
  const answer = jsonOf(service, reply);
  const { data } = answerSchema.safeParse(answer);
  if (!data) throw new CommandError('undecided', `${shownUrl(service)} does not say what it has taken over`);
  surroundings.print(options.json ? visibleJson(answer) : `revision ${escapeControls(data.revision)}\n`);
  tellEnforced(surroundings, options, enforcedOf(reply));
}

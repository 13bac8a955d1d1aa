import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { escapeControls } from '../dynsec/escape-controls.js';
import type { Service } from './api-client.js';
import { callService, jsonOf, refusal, shownUrl } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { changeText } from './output/change-text.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';

interface ChangesOptions extends ServiceFlags {
  readonly after?: string;
  readonly follow?: true;
  readonly json?: true;
}

const changeSchema = z.looseObject({
  at: z.string(),
  via: z.string(),
  by: z.string(),
  from: z.string(),
  revision: z.string(),
  commands: z.array(z.string()),
  touched: z.object({
    clients: z.array(z.string()),
    groups: z.array(z.string()),
    roles: z.array(z.string()),
    settings: z.boolean(),
  }),
});
const answerSchema = z.object({ changes: z.array(changeSchema), head: z.string() });

/** A change, as the service tells it. */
export type ToldChange = z.output<typeof changeSchema>;

/** How often it is asked for more, in ms. */
const ASK_EVERY_MS = 1_000;

/** `gatehouse changes`: who changed what. */
export function createChangesCommand(surroundings: ClientSurroundings): Command {
  const command = new Command('changes')
    .description('List who changed what, the oldest first.')
    .option('--after <revision>', 'only what came after that one')
    .option('--follow', 'go on with every change as it is made')
    .option('--json', 'print JSON, a change a line')
    .action((options: ChangesOptions) => listChanges(surroundings, options));
  return addServiceOptions(command);
}

async function listChanges(surroundings: ClientSurroundings, options: ChangesOptions): Promise<void> {
  const service = await findService(options, surroundings);
  let { after } = options;
  for (;;) {
    const { changes, head } = await ask(service, after);
    for (const change of changes) surroundings.print(line(change, options));
    const isAtEnd = changes.length === 0 || changes.at(-1)?.revision === head;
    after = changes.at(-1)?.revision ?? after ?? head;
    if (!isAtEnd) continue;
    if (!options.follow) return;
    await sleep(ASK_EVERY_MS);
  }
}

async function ask(service: Service, after: string | undefined): Promise<z.output<typeof answerSchema>> {
  const query = after === undefined ? {} : { after };
  const reply = await callService(service, { method: 'GET', path: 'v1/changes', query });
  if (reply.status !== 200) throw refusal(service, reply);
  const { data } = answerSchema.safeParse(jsonOf(service, reply));
  if (data) return data;
  throw new CommandError(
    'undecided',
    `${shownUrl(service)} answers with something that is no list of changes`,
  );
}

function line(change: ToldChange, { json }: ChangesOptions): string {
  return json ? `${escapeControls(JSON.stringify(change))}\n` : changeText(change);
}

import { z } from 'zod';
import type { ApiReply, Service } from '../api-client.js';
import { jsonOf, shownUrl } from '../api-client.js';
import { CommandError } from '../command-error.js';

const replySchema = z.object({
  responses: z.tuple([
    z.object({ command: z.string(), error: z.string().optional(), data: z.unknown().optional() }),
  ]),
});

/** What became of one command. */
export type CommandAnswer = z.output<typeof replySchema>['responses'][0];

/** The answer to a request of one command. @throws CommandError where it is none. */
export function parseReply(service: Service, reply: ApiReply): CommandAnswer {
  const { data } = replySchema.safeParse(jsonOf(service, reply));
  if (data) return data.responses[0];
  throw notUnderstood(service);
}

/** Prints data of a reply. @throws CommandError where it is not what the command answers with. */
export function renderData(service: Service, data: unknown, render: (data: unknown) => string): string {
  try {
    return render(data);
  } catch (cause) {
    if (cause instanceof z.ZodError) throw notUnderstood(service, cause);
    throw cause;
  }
}

function notUnderstood(service: Service, cause?: unknown): CommandError {
  return new CommandError(
    'undecided',
    `${shownUrl(service)} answers with something that is no reply to a dynsec command`,
    { cause },
  );
}

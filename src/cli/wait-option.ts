import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import type { ApiReply } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';

/** The option of a command that changes something, under the name under which commander keeps it. */
export interface WaitFlag {
  readonly wait?: true;
}

/** Adds the option of {@link WaitFlag}. */
export function addWaitOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--wait',
      'wait until every instance enforces it; where some do not in time, the exit code is 1',
    ),
  );
}

/** What the request of such a command is sent with. */
export function waitQuery({ wait }: WaitFlag): Readonly<Record<string, string>> {
  return wait ? { wait: 'enforced' } : {};
}

const idsSchema = z.array(z.string());

/** Who enforces what was done, as the service says it; undefined: it does not. */
export function enforcedOf({ headers }: ApiReply): string | undefined {
  const enforced = headers['x-gatehouse-enforced'];
  return typeof enforced === 'string' ? enforced : undefined;
}

/** Says which instances do not enforce what was done; that is a failure then, of what was asked for beside it. */
export function tellEnforced(
  surroundings: ClientSurroundings,
  { wait }: WaitFlag,
  enforced: string | undefined,
): void {
  if (!wait || enforced === 'all') return;
  surroundings.complain(`Done, but ${problemOf(enforced)}.`);
  surroundings.fail();
}

function problemOf(enforced = ''): string {
  const ids = idsIn(enforced);
  if (ids) return `not enforced by ${ids.length === 1 ? 'instance' : 'instances'} ${ids.join(', ')}`;
  if (enforced.startsWith('/')) return `not enforced by many instances: see ${enforced}`;
  return 'which instances enforce it is not known';
}

function idsIn(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    return idsSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

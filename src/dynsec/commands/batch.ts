import { isJsonObject } from '../document/members.js';
import { CommandMembers } from './command-members.js';
import { holdsNul } from './nul.js';
import { toUnicodeText } from './unicode-text.js';

/** In the place of a request whose text is no JSON. */
export const NOT_JSON: unique symbol = Symbol('not JSON');

/** A command of a request. */
export interface BatchedCommand {
  /** Its name, as the caller writes it. */
  readonly command: string;
  readonly correlationData: string | undefined;
  readonly members: CommandMembers;
  /** A string in it holds a NUL: it is not run. */
  readonly holdsNul: boolean;
}

/** What stands in a request and is no command. PARITY: nothing that comes after it is run (2.1.2). */
export interface MalformedEntry {
  readonly command: string;
  /** None is echoed: what dynsec echoes here belongs to the command before it. */
  readonly correlationData: undefined;
  readonly problem: string;
}

export type BatchEntry = BatchedCommand | MalformedEntry;

const NAMELESS = 'Unknown command';

/**
 * Reads a request: the parsed JSON of what a client publishes to `$CONTROL/dynamic-security/v1`. Total.
 * A request that is none is one malformed entry.
 */
export function readBatch(payload: unknown): readonly BatchEntry[] {
  if (payload === NOT_JSON) return [malformed(NAMELESS, 'Payload not valid JSON')];
  const commands = isJsonObject(payload) ? new CommandMembers(payload).get('commands') : undefined;
  if (!Array.isArray(commands)) return [malformed(NAMELESS, 'Invalid/missing commands')];
  return commands.map(readEntry);
}

function readEntry(element: unknown): BatchEntry {
  if (!isJsonObject(element)) return malformed(NAMELESS, 'Command not an object');
  const members = new CommandMembers(element);
  const name = members.lenientString('command');
  if (name === undefined) return malformed(NAMELESS, 'Missing command');
  const command = toUnicodeText(name);
  const data = members.get('correlationData');
  if (data !== undefined && typeof data !== 'string') {
    return malformed(command, 'Invalid correlationData data type.');
  }
  const correlationData = data === undefined ? undefined : toUnicodeText(data);
  return { command, correlationData, members, holdsNul: holdsNul(element) };
}

function malformed(command: string, problem: string): MalformedEntry {
  return { command, correlationData: undefined, problem };
}

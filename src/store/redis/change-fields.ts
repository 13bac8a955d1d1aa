/**
 * Changes as entries of the stream. Names stand in one field for each kind, NUL between them, so that the script that
 * collects what has changed needs no more than to split them; no name holds a NUL.
 */
import type { Kick } from '../../dynsec/commands/draft.js';
import { RecordError } from '../../dynsec/records/errors.js';
import type { Change, ChangeOrigin } from '../../gate/ports.js';
import { CHANGE_VIAS } from '../../gate/ports.js';
import { listOf, pairsOf, textOf } from './redis-reply.js';

/** What is written down of a change beside its writes. */
export interface NewChange {
  readonly origin: ChangeOrigin;
  readonly commands: readonly string[];
  readonly touched: Change['touched'];
  readonly kicks: readonly Kick[];
  /** The realm is to be read anew: a whole document was put in place, or somebody has edited it by hand. */
  readonly isWhole?: boolean;
  /** Whose remembered logins it ends; not part of the entry. */
  readonly ended?: readonly string[];
}

/** An entry of the stream. */
export interface StreamedChange {
  /** Of the entry. */
  readonly id: string;
  /** Absent: the entry was written by hand, and so was whatever it is about. */
  readonly change?: Change;
  readonly kicks: readonly Kick[];
  readonly isWhole: boolean;
}

/** What comes before the first change of a realm. */
const NO_REVISION = 'none';

/** Fields and values. */
export function encodeChange({ origin, commands, touched, kicks, isWhole }: NewChange): readonly string[] {
  const { clients, groups, roles, settings } = touched;
  return [
    ...['via', origin.via, 'by', origin.by, 'from', origin.from, 'commands', JSON.stringify(commands)],
    ...(isWhole ? ['whole', '1'] : []),
    ...(clients.length > 0 ? ['clients', clients.join('\0')] : []),
    ...(groups.length > 0 ? ['groups', groups.join('\0')] : []),
    ...(roles.length > 0 ? ['roles', roles.join('\0')] : []),
    ...(settings ? ['settings', '1'] : []),
    ...(kicks.length > 0 ? ['kicks', JSON.stringify(kicks)] : []),
  ];
}

/** @throws RecordError */
export function decodeChange(entry: unknown): StreamedChange {
  const [first, fieldsAndValues] = listOf(entry);
  const id = textOf(first);
  const fields = new Map(pairsOf(fieldsAndValues));
  const commit = fields.get('commit');
  if (commit === undefined) return { id, kicks: [], isWhole: true };
  return {
    id,
    kicks: parseList(fields.get('kicks')) as readonly Kick[],
    isWhole: fields.has('whole'),
    change: {
      via: CHANGE_VIAS.find((via) => via === fields.get('via')) ?? 'login',
      by: fields.get('by') ?? '',
      from: fields.get('from') ?? '',
      revision: `${id}-${commit}`,
      previous: fields.get('previous') || NO_REVISION,
      at: new Date(Number.parseInt(id, 10)).toISOString(),
      commands: parseList(fields.get('commands')) as readonly string[],
      touched: {
        clients: namesOf(fields.get('clients')),
        groups: namesOf(fields.get('groups')),
        roles: namesOf(fields.get('roles')),
        settings: fields.has('settings'),
      },
    },
  };
}

function namesOf(text: string | undefined): readonly string[] {
  return text ? text.split('\0') : [];
}

function parseList(text = '[]'): readonly unknown[] {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new RecordError('a change in Redis is damaged');
}

/**
 * What stands in a journal: a header, then lines. `encode*` makes their JSON, in pieces; `decode*` takes it parsed, and
 * throws RecordError.
 */
import type { Client, Group, Incarnation, Role } from '../../dynsec/entities.js';
import {
  decodeClient,
  decodeGroup,
  decodeRole,
  decodeSettings,
} from '../../dynsec/records/decode-records.js';
import {
  encodeClient,
  encodeGroup,
  encodeRole,
  encodeSettings,
} from '../../dynsec/records/encode-records.js';
import { RecordError } from '../../dynsec/records/errors.js';
import { RecordReader } from '../../dynsec/records/record-reader.js';
import type { Change, ChangeVia } from '../../gate/ports.js';
import { CHANGE_VIAS } from '../../gate/ports.js';
import type { Changes } from '../memory/versioned-map.js';
import type { RealmWrites } from '../realm-entry.js';

/** A journal of another format is not touched: who wrote it knew something that this code does not. */
const FORMAT = 1;

/** That a document, known by the SHA-256 of its bytes, holds everything up to a revision. */
export interface Containment {
  readonly document: string;
  readonly revision: string;
}

/** Pairs of names and incarnations. */
export type NamedIncarnations = readonly (readonly [name: string, incarnation: Incarnation])[];

/** The first line of a journal. */
export interface JournalHeader {
  readonly contained: Containment;
  /** What that document does not say: those of its groups and roles that are not `LOADED`. */
  readonly incarnations: { readonly groups: NamedIncarnations; readonly roles: NamedIncarnations };
}

/** Any other line. */
export interface JournalLine {
  readonly change?: Change;
  /** What is to be done again to a document that does not contain the change; absent where all of them do. */
  readonly writes?: RealmWrites;
  /** Along with writes: the change index after them. */
  readonly changeIndex?: number;
  /**
   * Without a change: a document about to be put in place. With one: the document of an edit from outside, which
   * holds what it was made of and not what comes after that.
   */
  readonly contained?: Containment;
}

export function encodeHeader({ contained, incarnations }: JournalHeader): readonly string[] {
  return [JSON.stringify({ journal: 'gatehouse', format: FORMAT, contained, incarnations })];
}

export function decodeHeader(value: unknown): JournalHeader {
  const record = new RecordReader(value);
  if (record.string('journal') !== 'gatehouse') throw new RecordError('the journal is not of gatehouse');
  const format = record.number('format');
  if (format !== FORMAT) throw new RecordError(`the journal has format \`${format}\`, not \`${FORMAT}\``);
  const incarnations = record.record('incarnations');
  return {
    contained: decodeContainment(record.record('contained')),
    incarnations: {
      groups: incarnations.list('groups').map(decodePair),
      roles: incarnations.list('roles').map(decodePair),
    },
  };
}

/** Names are values, never members, and a deleted entity is null. */
export function* encodeJournalLine({ writes, ...line }: JournalLine): Generator<string> {
  const json = JSON.stringify(line);
  if (!writes) {
    yield json;
    return;
  }
  const { clients, groups, roles, settings } = writes;
  yield `${json.slice(0, -1)}${json === '{}' ? '' : ','}"writes":{"clients":[`;
  yield* encodeChanges(clients, encodeClient);
  yield '],"groups":[';
  yield* encodeChanges(groups, encodeGroup);
  yield '],"roles":[';
  yield* encodeChanges(roles, encodeRole);
  yield `]${settings ? `,"settings":${JSON.stringify(encodeSettings(settings))}` : ''}}}`;
}

export function decodeJournalLine(value: unknown): JournalLine {
  const record = new RecordReader(value);
  return {
    ...(record.has('change') ? { change: decodeChange(record.record('change')) } : {}),
    ...(record.has('changeIndex') ? { changeIndex: record.number('changeIndex') } : {}),
    ...(record.has('writes') ? { writes: decodeWrites(record.record('writes')) } : {}),
    ...(record.has('contained') ? { contained: decodeContainment(record.record('contained')) } : {}),
  };
}

function* encodeChanges<T>(changes: Changes<T>, encode: (entity: T) => unknown): Generator<string> {
  let before = '';
  for (const [name, entity] of changes) {
    yield before + JSON.stringify([name, entity ? encode(entity) : null]);
    before = ',';
  }
}

function decodeWrites(record: RecordReader): RealmWrites {
  return {
    clients: decodeChanges<Client>(record.list('clients'), decodeClient),
    groups: decodeChanges<Group>(record.list('groups'), decodeGroup),
    roles: decodeChanges<Role>(record.list('roles'), decodeRole),
    settings: record.has('settings') ? decodeSettings(record.get('settings')) : undefined,
  };
}

function decodeChanges<T>(pairs: readonly unknown[], decode: (value: unknown) => T): Changes<T> {
  return new Map(
    pairs.map((pair) => {
      const [name, value] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
      if (typeof name !== 'string') throw new RecordError('/writes must hold pairs of a name and a record');
      return [name, value === null ? undefined : decode(value)];
    }),
  );
}

function decodeChange(record: RecordReader): Change {
  const touched = record.record('touched');
  return {
    via: decodeVia(record),
    by: record.string('by'),
    from: record.string('from'),
    revision: record.string('revision'),
    previous: record.string('previous'),
    at: record.string('at'),
    commands: record.strings('commands'),
    touched: {
      clients: touched.strings('clients'),
      groups: touched.strings('groups'),
      roles: touched.strings('roles'),
      settings: touched.boolean('settings'),
    },
  };
}

/** Journals of before 0.2 do not say; what they have is told by the name then. */
function decodeVia(record: RecordReader): ChangeVia {
  const via = record.has('via') ? record.string('via') : record.string('by');
  return CHANGE_VIAS.find((known) => known === via) ?? 'login';
}

function decodeContainment(record: RecordReader): Containment {
  return { document: record.string('document'), revision: record.string('revision') };
}

function decodePair(value: unknown): readonly [string, Incarnation] {
  const [name, incarnation] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (typeof name === 'string' && typeof incarnation === 'string') return [name, incarnation];
  throw new RecordError('/incarnations must hold pairs of a name and an incarnation');
}

import type { StoredSettings } from '../../dynsec/records/stored-settings.js';
import type { Client, Group, Role } from '../../dynsec/entities.js';
import { RecordError } from '../../dynsec/records/errors.js';
import type { StreamedChange } from './change-fields.js';
import { decodeChange } from './change-fields.js';
import type { RealmSource } from './read-realm.js';
import { requireSchema } from './read-realm.js';
import { readClient, readGroup, readRole, readSettings } from './records.js';
import { listOf, pairsOf, textOf } from './redis-reply.js';

/** What became of a realm since a state of it. */
export interface RealmDelta {
  readonly revision: string;
  readonly changeIndex: number;
  readonly settings: StoredSettings;
  /** The oldest first; never none. */
  readonly changes: readonly StreamedChange[];
  /** What these have touched, as it is now; undefined where it is gone. */
  readonly clients: ReadonlyMap<string, Client | undefined>;
  readonly groups: ReadonlyMap<string, Group | undefined>;
  readonly roles: ReadonlyMap<string, Role | undefined>;
}

/** The state that is known. */
export interface KnownState {
  readonly revision: string;
  /** The id of the newest change that was seen. */
  readonly position: string;
}

/** How many changes, and how many entities, are told of at once: more than these are read anew. */
const LIMIT = 5_000;

/**
 * What has happened since, of one moment: `nothing`; what has changed; or `unknown`, where changes are missing, where
 * they belong to another history, or where they are not told one by one, so that the realm has to be read anew.
 * @param damaged is told of a client whose record cannot be taken: that client is unknown.
 * @throws RecordError as `readRealm`.
 */
export async function changesSince(
  { connection, scripts, keys }: RealmSource,
  known: KnownState,
  damaged: (problem: string) => void,
): Promise<RealmDelta | 'nothing' | 'unknown'> {
  const all = [keys.clients, keys.groups, keys.roles, keys.meta, keys.changes];
  const reply = listOf(await scripts.changesSince.run(connection, all, [known.position, String(LIMIT)]));
  if (reply[0] !== 'changes') return 'unknown';
  const [, head, changeIndex, settings, schema, entries, clients, groups, roles] = reply;
  if (typeof head !== 'string') return 'unknown';
  requireSchema(textOf(schema));
  const changes = listOf(entries).map(decodeChange);
  if (changes.length === 0) return head === known.revision ? 'nothing' : 'unknown';
  if (!leadsTo(known.revision, changes, head)) return 'unknown';
  return {
    revision: head,
    changeIndex: Number(changeIndex ?? 0),
    settings: readSettings(textOf(settings)),
    changes,
    clients: readEach(clients, (name, text) => readKnownClient(name, text, damaged)),
    groups: readEach(groups, readGroup),
    roles: readEach(roles, readRole),
  };
}

/** Whether the changes go on where the state ends, without a gap, and end with the head. */
function leadsTo(revision: string, changes: readonly StreamedChange[], head: string): boolean {
  let last = revision;
  for (const { change, isWhole } of changes) {
    if (!change || isWhole || change.previous !== last) return false;
    last = change.revision;
  }
  return last === head;
}

function readKnownClient(name: string, text: string, damaged: (problem: string) => void): Client | undefined {
  try {
    return readClient(name, text);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    damaged(error.message);
    return undefined;
  }
}

function readEach<T>(
  reply: unknown,
  read: (name: string, text: string) => T | undefined,
): ReadonlyMap<string, T | undefined> {
  return new Map(
    pairsOf(reply).map(([name, text]) => [name, text === undefined ? undefined : read(name, text)] as const),
  );
}

import { compareNames } from '../../dynsec/compare.js';
import { RecordError } from '../../dynsec/records/errors.js';
import type { Configuration, Group, Role } from '../../dynsec/entities.js';
import type { RealmState } from '../memory/realm-state.js';
import { buildRealmState } from '../memory/realm-state.js';
import { sortNames } from '../sort-names.js';
import type { Steps } from '../steps.js';
import { inTurns } from '../steps.js';
import type { ClientIntake } from './client-holding.js';
import type { StreamedChange } from './change-fields.js';
import { decodeChange } from './change-fields.js';
import { SCHEMA } from './schema.js';
import { listOf, pairsOf, textOf } from './redis-reply.js';
import type { RedisConnection, RedisScripts } from './redis-scripts.js';
import type { RealmKeys } from './redis-keys.js';
import { readClient, readGroup, readRole, readSettings } from './records.js';

/** A realm as it stands in Redis. */
export interface ReadRealm {
  readonly state: RealmState;
  readonly revision: string;
  /** The id of the newest change that is in it, at least: clients may be newer. */
  readonly position: string;
  /** The newest changes that have led to it, the oldest first. */
  readonly changes: readonly StreamedChange[];
}

/** Where it is read from. */
export interface RealmSource {
  readonly connection: RedisConnection;
  readonly scripts: RedisScripts;
  readonly keys: RealmKeys;
}

/** What is told while it is read. */
export interface ReadProgress {
  /** How many clients have been read, of how many. */
  read(clients: number, of: number): void;
  /** A record that cannot be taken: this client is unknown. */
  damaged(problem: string): void;
}

/** How many clients are asked for at a time: about a millisecond of Redis's time. */
const BATCH = 1_000;
/** How many of the newest changes are read, in batches, and of how many characters: hardly more is kept. */
const CHANGES = 10_000;
const CHANGES_CHARACTERS = 4 * 1_024 * 1_024;
const CHANGES_BATCH = 250;

/**
 * Reads a whole realm: roles, groups and settings of one moment, then the clients. Those that change meanwhile may be
 * newer; who follows on from `position` makes it one state.
 * @param clients takes them in.
 * @returns undefined where there is no such realm.
 * @throws RecordError where a role, a group or the settings cannot be taken: without them more may be allowed.
 */
export async function readRealm(
  source: RealmSource,
  progress: ReadProgress,
  clients: ClientIntake,
): Promise<ReadRealm | undefined> {
  const { connection, keys, scripts } = source;
  const reply = listOf(
    await scripts.policy.run(connection, [keys.groups, keys.roles, keys.meta, keys.changes], []),
  );
  const meta = new Map(pairsOf(reply[0]));
  const revision = meta.get('head');
  if (revision === undefined) return undefined;
  requireSchema(meta.get('schema'));
  const settings = readSettings(meta.get('settings'));
  const groups = readAll(reply[1], readGroup);
  const roles = readAll(reply[2], readRole);
  const changes = await readChanges(source, textOf(reply[3]));
  await readClients(source, progress, clients);
  const configuration = {
    changeIndex: Number(meta.get('changeIndex') ?? 0),
    ...settings,
    groups: new Map(groups.map((group) => [group.groupname, group] as const)),
    roles: new Map(roles.map((role) => [role.rolename, role] as const)),
  };
  return {
    state: await inTurns(stateOf(configuration, clients)),
    revision,
    position: textOf(reply[3]),
    changes,
  };
}

function* stateOf(configuration: Omit<Configuration, 'clients'>, clients: ClientIntake): Steps<RealmState> {
  const known = clients.finish();
  const names = yield* sortNames([...known.holders.keys()]);
  return yield* buildRealmState(configuration, { ...known, names });
}

/** @throws RecordError for another version than ours. */
export function requireSchema(schema: string | undefined): void {
  if (schema === undefined || schema === SCHEMA) return;
  throw new RecordError(`the realm has schema \`${schema}\`, this gatehouse knows \`${SCHEMA}\``);
}

function readAll<T extends Group | Role>(
  reply: unknown,
  readOne: (name: string, text: string) => T,
): readonly T[] {
  return pairsOf(reply)
    .toSorted(([a], [b]) => compareNames(a, b))
    .map(([name, text = '']) => readOne(name, text));
}

async function readClients(
  { connection, keys }: RealmSource,
  progress: ReadProgress,
  clients: ClientIntake,
): Promise<void> {
  const total = await connection.hlen(keys.clients);
  let cursor = '0';
  do {
    const [next, batch] = await connection.hscan(keys.clients, cursor, 'COUNT', BATCH);
    for (const [name, text = ''] of pairsOf(batch)) {
      try {
        clients.add(readClient(name, text));
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        clients.drop(name);
        progress.damaged(error.message);
      }
    }
    progress.read(clients.size, total);
    cursor = next;
  } while (cursor !== '0');
}

/** Up to a position, so that none is there that the realm does not have. A change may name thousands of entities. */
async function readChanges(
  { connection, keys }: RealmSource,
  position: string,
): Promise<readonly StreamedChange[]> {
  const changes: StreamedChange[] = [];
  let [end, characters] = [position, 0];
  while (changes.length < CHANGES && characters < CHANGES_CHARACTERS) {
    const entries = await connection.xrevrange(keys.changes, end, '-', 'COUNT', CHANGES_BATCH);
    changes.push(...entries.map(decodeChange));
    characters += entries.reduce((sum, [, fields]) => sum + fields.join('').length, 0);
    const oldest = entries.at(-1)?.[0];
    if (oldest === undefined || entries.length < CHANGES_BATCH) break;
    end = `(${oldest}`;
  }
  return changes.reverse();
}

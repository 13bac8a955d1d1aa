import { randomBytes } from 'node:crypto';
import { withoutUndefined } from '../../dynsec/commands/without-undefined.js';
import type { Configuration } from '../../dynsec/entities.js';
import type { StoredSettings } from '../../dynsec/records/stored-settings.js';
import { StoreError } from '../../gate/errors.js';
import { messageOf } from '../system-error.js';
import type { ScriptOutcome } from './commit-outcome.js';
import type { RealmSource } from './read-realm.js';
import { clientText, groupText, roleText, settingsText } from './records.js';
import type { RealmPart } from './redis-keys.js';
import type { RedisConnection } from './redis-scripts.js';
import { REALM_PARTS } from './redis-keys.js';
import { untilReady } from './until-ready.js';

/** A document beside the realm that it is to replace. */
export interface StagedDocument {
  /** What is there, what is staged, and where to throw what is there. */
  readonly keys: readonly string[];
  /** Which parts were staged: the others are empty. */
  readonly letters: string;
  readonly settings: string;
}

/** How many fields are written at a time: about a millisecond of Redis's time. */
const BATCH = 500;
/** For how long what is staged stays where it is not put in place, in seconds. */
const STAGED_KEPT_S = 600;

/**
 * Writes a document beside the realm, in pieces, and calls `commit` to put it in place.
 * @throws StoreError where it cannot be written: nothing is changed then.
 */
export async function stageDocument(
  source: RealmSource,
  configuration: Configuration,
  commit: (staged: StagedDocument) => Promise<ScriptOutcome>,
): Promise<ScriptOutcome> {
  const { connection, keys } = source;
  const id = randomBytes(8).toString('hex');
  const staged = REALM_PARTS.map((part) => keys.staged(part, id));
  let letters = '';
  await untilReady(connection);
  try {
    try {
      for (const part of REALM_PARTS) {
        if (await stagePart(source, keys.staged(part, id), fieldsOf(part, configuration)))
          letters += part.charAt(0);
      }
    } catch (cause) {
      throw new StoreError(`Redis does not take the document: ${messageOf(firstOf(cause))}`, { cause });
    }
    const { defaultACLAccess, anonymousGroup, extra } = configuration;
    return await commit({
      keys: [
        ...REALM_PARTS.map((part) => keys[part]),
        ...staged,
        ...REALM_PARTS.map((part) => keys.replaced(part, id)),
      ],
      letters,
      settings: settingsText(withoutUndefined<StoredSettings>({ defaultACLAccess, anonymousGroup, extra })),
    });
  } finally {
    // What was put in place is not there any more; what was not expires where this does not reach it.
    await connection.unlink(...staged).catch(() => undefined);
  }
}

async function stagePart(
  { connection }: RealmSource,
  key: string,
  fields: Iterable<readonly [string, string]>,
): Promise<boolean> {
  let batch: string[] = [];
  let isStaged = false;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    if (isStaged) await connection.hset(key, ...batch);
    else await beginStage(connection, key, batch);
    isStaged = true;
    batch = [];
  };
  for (const [name, value] of fields) {
    batch.push(name, value);
    if (batch.length >= 2 * BATCH) await flush();
  }
  await flush();
  return isStaged;
}

/** Of a transaction that is refused: why its first command was. */
function firstOf(error: unknown): unknown {
  const isRefusal =
    error instanceof Error && 'previousErrors' in error && Array.isArray(error.previousErrors);
  return isRefusal ? (error.previousErrors as readonly unknown[])[0] : error;
}

/** Both or neither: what is left by who is killed in between would stay for ever. */
async function beginStage(
  connection: RedisConnection,
  key: string,
  fields: readonly string[],
): Promise<void> {
  const replies = await connection
    .multi()
    .hset(key, ...fields)
    .expire(key, STAGED_KEPT_S)
    .exec();
  const problem = replies?.find(([error]) => error)?.[0];
  if (problem) throw problem;
}

function* fieldsOf(part: RealmPart, configuration: Configuration): Generator<readonly [string, string]> {
  const { clients, groups, roles } = configuration;
  switch (part) {
    case 'clients':
      for (const [name, client] of clients) yield [name, clientText(client)];
      return;
    case 'groups':
      for (const [name, group] of groups) yield [name, groupText(group)];
      return;
    case 'roles':
      for (const [name, role] of roles) yield [name, roleText(role)];
      return;
    case 'incarnations':
      for (const [name, { incarnation }] of groups) yield [`group:${name}`, incarnation];
      for (const [name, { incarnation }] of roles) yield [`role:${name}`, incarnation];
  }
}

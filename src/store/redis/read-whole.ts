import { StoreError, UndecidedError } from '../../gate/errors.js';
import { MemoryDraft } from '../memory/memory-draft.js';
import type { RealmState } from '../memory/realm-state.js';
import { messageOf } from '../system-error.js';
import type { RealmDelta } from './changes-since.js';
import { changesSince } from './changes-since.js';
import type { ClientIntake } from './client-holding.js';
import { HOLD_ALL } from './client-holding.js';
import type { ReadProgress, ReadRealm, RealmSource } from './read-realm.js';
import { readRealm } from './read-realm.js';
import { takeDelta } from './take-delta.js';

/** A realm as it was read, and what makes all of it one state; undefined: it is one. */
export interface ConsistentRealm {
  readonly read: ReadRealm;
  readonly delta: RealmDelta | undefined;
}

/** How often a realm is read anew that is replaced meanwhile. */
const MAX_READS = 5;

/**
 * Reads a realm, and what has changed while it was read: clients that have changed meanwhile are then of the same moment
 * as all else.
 * @param begin takes the clients in, each time anew.
 * @returns undefined where there is no such realm.
 * @throws as `readRealm`; UndecidedError where it is replaced faster than it can be read.
 */
export async function readConsistently(
  source: RealmSource,
  progress: ReadProgress,
  begin: () => ClientIntake,
): Promise<ConsistentRealm | undefined> {
  for (let attempt = 1; attempt <= MAX_READS; attempt++) {
    const read = await readRealm(source, progress, begin());
    if (!read) return undefined;
    const delta = await changesSince(source, read, () => undefined);
    if (delta !== 'unknown') return { read, delta: delta === 'nothing' ? undefined : delta };
  }
  throw new UndecidedError('not_ready');
}

/** A state with every client as it is. */
export interface WholeState {
  readonly state: RealmState;
  readonly revision: string;
}

/** Reads a realm with all of its clients. It is not followed on. @throws StoreError where that cannot be done. */
export async function readWhole(source: RealmSource): Promise<WholeState> {
  try {
    const found = await readConsistently(source, UNTOLD, () => HOLD_ALL.intake(undefined));
    if (found) return wholeStateOf(found);
  } catch (cause) {
    throw new StoreError(`the realm cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new StoreError('the realm cannot be read: it is not there');
}

const UNTOLD: ReadProgress = { read: () => undefined, damaged: () => undefined };

function wholeStateOf({ read, delta }: ConsistentRealm): WholeState {
  if (!delta) return read;
  const draft = new MemoryDraft(read.state);
  takeDelta(draft, delta);
  return { state: draft.apply(), revision: delta.revision };
}

import type { RealmState } from '../memory/realm-state.js';
import { isSame } from '../is-same.js';
import type { OddDigests } from './commit-arguments.js';
import type { RealmSource } from './read-realm.js';
import { digestOf, readClient, readGroup, readRole } from './records.js';

/** A record that is not what it was taken for. */
export interface DoubtfulRecord {
  /** As `commit.lua` names kinds. */
  readonly what: string;
  readonly name: string;
  readonly state: RealmState;
  /** Is told of a record that says the same in other words. */
  readonly odd: OddDigests;
}

/** Whether a record in Redis says anything else than is known of it; an order of members, say, is nothing else. */
export async function differsFromRecord(
  { connection, keys }: RealmSource,
  { what, name, state, odd }: DoubtfulRecord,
): Promise<boolean> {
  const look = async <T extends object>(
    key: string,
    known: T | undefined,
    read: (name: string, text: string) => T,
  ): Promise<boolean> => {
    const text = await connection.hget(key, name);
    if (text === null || !known || !isSame(read(name, text), known)) return true;
    odd.set(known, digestOf(text));
    return false;
  };
  switch (what) {
    case 'CLIENT':
      // What is not in memory any more is read anew anyway.
      if (state.clients.lacks(name)) return false;
      return look(keys.clients, state.clients.get(name), readClient);
    case 'GROUP':
      return look(keys.groups, state.groups.get(name), readGroup);
    case 'ROLE':
      return look(keys.roles, state.roles.get(name), readRole);
    default:
      return true;
  }
}

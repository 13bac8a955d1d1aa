import type { Subject } from './decision.js';
import type { Client } from './entities.js';

/** Whom a user name stands for. Null and empty are the same to a broker: nobody in particular. */
export function subjectOf(username: string | null, find: (username: string) => Client | undefined): Subject {
  if (!username) return { kind: 'anonymous' };
  const client = find(username);
  return client ? { kind: 'client', client } : { kind: 'unknown', username };
}

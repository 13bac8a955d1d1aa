import type { Client } from '../dynsec/entities.js';

/** The key's header, the entry, the decision with its source and identity, and their places in the cache. */
const ENTRY_BYTES = 600;
const REFERENCE_BYTES = 100;

/**
 * What an entry keeps in memory, at most and roughly: its key, its decision, and its version of the client, which may be
 * nobody else's any more.
 */
export function decisionBytes(key: string, client: Client | undefined): number {
  // A character takes two bytes at most; the key is kept once as it is and once in pieces.
  return ENTRY_BYTES + 4 * key.length + (client ? clientBytes(client) : 0);
}

function clientBytes({ roles, groups, attributes }: Client): number {
  let bytes = REFERENCE_BYTES * (roles.length + groups.length);
  for (const [name, value] of attributes ?? []) bytes += REFERENCE_BYTES + 2 * (name.length + value.length);
  return bytes;
}

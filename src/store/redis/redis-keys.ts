/** The keys of a realm. All but the last share one hash tag, so that a cluster has them in one place. */
export interface RealmKeys {
  /** Hashes: name to record. */
  readonly clients: string;
  readonly groups: string;
  readonly roles: string;
  /** Hash: `group:<name>` and `role:<name>` to incarnation, so that nobody reads a large role to know which it is. */
  readonly incarnations: string;
  /** Hash: `schema`, `head` (the revision), `changeIndex`, `settings`. */
  readonly meta: string;
  /** Stream: one entry for each change. */
  readonly changes: string;
  /** Hash: what each instance last said of itself. */
  readonly instances: string;
  /** Is written, read and deleted to see whether that can be done. */
  probe(id: string): string;
  /** What became of a commit: for who lost the answer. */
  commit(id: string): string;
  /** Parts of a document that is being put in place, and of one that it replaces. */
  staged(part: RealmPart, id: string): string;
  replaced(part: RealmPart, id: string): string;
  /**
   * The tag of a user name's remembered login, away from the others, so that a cluster spreads them. No realm's name
   * holds a `/`, so that no two meet.
   */
  verified(username: string): string;
}

/** What a whole document replaces. */
export type RealmPart = 'clients' | 'groups' | 'roles' | 'incarnations';

/** In the order in which scripts take them. */
export const REALM_PARTS = [
  'clients',
  'groups',
  'roles',
  'incarnations',
] as const satisfies readonly RealmPart[];

/** The one place where keys of a realm are made. Names of entities are part of the last one alone. */
export function realmKeys(realm: string): RealmKeys {
  const prefix = `gatehouse:{${realm}}`;
  return {
    clients: `${prefix}:clients`,
    groups: `${prefix}:groups`,
    roles: `${prefix}:roles`,
    incarnations: `${prefix}:incarnations`,
    meta: `${prefix}:meta`,
    changes: `${prefix}:changes`,
    instances: `${prefix}:instances`,
    probe: (id) => `${prefix}:probe:${id}`,
    commit: (id) => `${prefix}:commit:${id}`,
    staged: (part, id) => `${prefix}:staged:${id}:${part}`,
    replaced: (part, id) => `${prefix}:replaced:${id}:${part}`,
    verified: (username) => `gatehouse:verified:{${realm}/${username}}`,
  };
}

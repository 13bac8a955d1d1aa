import { LRUCache } from 'lru-cache';
import type { Client } from '../../dynsec/entities.js';
import { ClientNotHeldError } from '../../gate/errors.js';
import type { ClientRecords, Holder } from '../memory/client-records.js';
import type { Changes } from '../memory/versioned-map.js';
import { VersionedMap } from '../memory/versioned-map.js';
import type { ReferenceLists } from './reference-lists.js';
import { UnheldClient } from './reference-lists.js';

type ClientRecord = Client | UnheldClient;

/** Which clients are to stay in memory, however long they are not asked for. */
export interface PinnedNames {
  has(username: string): boolean;
}

/** What bounds the clients in memory. */
export interface ClientBound {
  /** 1 or more. */
  readonly limit: number;
  readonly pins: PinnedNames;
  readonly lists: ReferenceLists;
}

/**
 * Clients of which some are in memory, and of all others what they refer to. The least recently used leave. All versions
 * share what is in memory: an older one shows a client that is brought in later, unless that has changed since.
 */
export class BoundedClients implements ClientRecords {
  readonly isComplete = false;

  private constructor(
    private readonly records: VersionedMap<ClientRecord>,
    private readonly shared: SharedRecords,
  ) {}

  /**
   * @param records whoever has made them leaves them alone from now on.
   * @param inUse the clients among them that are in memory, the least recently used first.
   */
  static of(
    records: Map<string, ClientRecord>,
    { inUse, bound }: { readonly inUse: ReadonlySet<string>; readonly bound: ClientBound },
  ): BoundedClients {
    const shared = new SharedRecords(records, bound);
    shared.use(inUse);
    return new BoundedClients(shared.newest, shared);
  }

  get heldCount(): number {
    return this.shared.heldCount;
  }

  *held(): Iterable<Client> {
    for (const record of this.records.values()) if (!(record instanceof UnheldClient)) yield record;
  }

  get(username: string): Client | undefined {
    const record = this.records.get(username);
    if (record instanceof UnheldClient) throw new ClientNotHeldError(username);
    if (record) this.shared.used(username);
    return record;
  }

  has(username: string): boolean {
    return this.records.has(username);
  }

  lacks(username: string): boolean {
    return this.records.get(username) instanceof UnheldClient;
  }

  holder(username: string): Holder | undefined {
    return this.records.get(username);
  }

  /** A client that is not in memory stays out of it, however it changes, unless it is pinned. */
  with(changes: Changes<Client>): BoundedClients {
    return new BoundedClients(this.shared.change(changes), this.shared);
  }

  /** Brings a client into memory, as it is in the newest version. */
  bring(client: Client): void {
    this.shared.bring(client);
  }

  /** To be told when names are not pinned any more. */
  release(usernames: Iterable<string>): void {
    for (const username of usernames) this.shared.release(username);
  }

  /** Whether a client would be in memory, if there were one. */
  keeps(username: string): boolean {
    return this.shared.keeps(username);
  }

  /** Those that may leave, the least recently used first. */
  inOrderOfUse(): Iterable<string> {
    return this.shared.inOrderOfUse();
  }
}

/** What versions share. A name that is pinned is in memory, but not among those that may leave. */
class SharedRecords {
  newest: VersionedMap<ClientRecord>;
  readonly #leaving: LRUCache<string, true>;
  readonly #bound: ClientBound;
  heldCount = 0;

  constructor(records: Map<string, ClientRecord>, bound: ClientBound) {
    this.#bound = bound;
    this.newest = VersionedMap.owning(records);
    this.#leaving = new LRUCache({
      max: bound.limit,
      dispose: (_, username, reason) => {
        if (reason === 'evict') this.#evict(username);
      },
    });
  }

  /** Once, of those that are in memory from the beginning. */
  use(usernames: ReadonlySet<string>): void {
    this.heldCount = usernames.size;
    for (const username of usernames) this.#leaving.set(username, true);
  }

  used(username: string): void {
    this.#leaving.get(username);
  }

  keeps(username: string): boolean {
    return this.#leaving.has(username) || this.#bound.pins.has(username);
  }

  inOrderOfUse(): Iterable<string> {
    return this.#leaving.rkeys();
  }

  bring(client: Client): void {
    const { username } = client;
    if (!(this.newest.get(username) instanceof UnheldClient)) return;
    this.newest.restate(username, client);
    this.heldCount++;
    this.release(username);
  }

  release(username: string): void {
    const record = this.newest.get(username);
    const isHeld = record !== undefined && !(record instanceof UnheldClient);
    if (isHeld && !this.#bound.pins.has(username)) this.#leaving.set(username, true);
  }

  change(changes: Changes<Client>): VersionedMap<ClientRecord> {
    const records = new Map<string, ClientRecord | undefined>();
    for (const [username, client] of changes) {
      const isKept = client !== undefined && this.keeps(username);
      this.#count(username, isKept);
      if (client === undefined) this.#leaving.delete(username);
      records.set(username, client === undefined || isKept ? client : this.#bound.lists.unheld(client));
    }
    this.newest = this.newest.with(records);
    return this.newest;
  }

  #count(username: string, isKept: boolean): void {
    const record = this.newest.get(username);
    const wasHeld = record !== undefined && !(record instanceof UnheldClient);
    this.heldCount += Number(isKept) - Number(wasHeld);
  }

  #evict(username: string): void {
    const record = this.newest.get(username);
    if (record === undefined || record instanceof UnheldClient || this.#bound.pins.has(username)) return;
    this.newest.restate(username, this.#bound.lists.unheld(record));
    this.heldCount--;
  }
}

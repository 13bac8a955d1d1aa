import type { Client } from '../../dynsec/entities.js';
import { AllClients } from '../memory/client-records.js';
import type { ClientRecords } from '../memory/client-records.js';
import type { KnownClients } from '../memory/realm-state.js';
import type { ClientBound } from './bounded-clients.js';
import { BoundedClients } from './bounded-clients.js';
import { ReferenceLists } from './reference-lists.js';
import type { UnheldClient } from './reference-lists.js';
import { SharedReferences } from './shared-references.js';

/** Clients while they are read, in any order, some perhaps twice: what came last counts. */
export interface ClientIntake {
  readonly size: number;
  add(client: Client): void;
  /** One that was added is not to be taken. */
  drop(username: string): void;
  /** To be called once, when all are there. */
  finish(): Omit<KnownClients, 'names'>;
}

/** How many clients of a realm are in memory. */
export interface ClientHolding {
  /** Begins to take them in. @param before those that are in force: what is in use of these stays in memory. */
  intake(before: ClientRecords | undefined): ClientIntake;
}

/** All of them. */
export const HOLD_ALL: ClientHolding = { intake: () => new WholeIntake() };

class WholeIntake implements ClientIntake {
  readonly #clients = new Map<string, Client>();
  readonly #shared = new SharedReferences();

  get size(): number {
    return this.#clients.size;
  }

  add(client: Client): void {
    this.#clients.set(client.username, this.#shared.share(client));
  }

  drop(username: string): void {
    this.#clients.delete(username);
  }

  finish(): Omit<KnownClients, 'names'> {
    const holders = this.#clients;
    return { holders, clients: AllClients.owning(holders) };
  }
}

/** So many, the least recently used beyond them leave, but for those that are pinned. */
export class BoundedHolding implements ClientHolding {
  readonly #pins = new Map<string, number>();
  readonly #lists = new ReferenceLists();

  /** @param limit 1 or more. */
  constructor(private readonly limit: number) {}

  intake(before: ClientRecords | undefined): ClientIntake {
    const bound = { limit: this.limit, pins: this.#pins, lists: this.#lists };
    return new BoundedIntake(bound, before instanceof BoundedClients ? before : undefined);
  }

  /** From now on these stay in memory once they are there; as often as they are pinned they are to be unpinned. */
  pin(usernames: Iterable<string>): void {
    for (const username of usernames) this.#pins.set(username, (this.#pins.get(username) ?? 0) + 1);
  }

  /** @param clients those in force. */
  unpin(usernames: Iterable<string>, clients: ClientRecords): void {
    for (const username of usernames) {
      const count = (this.#pins.get(username) ?? 0) - 1;
      if (count > 0) this.#pins.set(username, count);
      else this.#pins.delete(username);
    }
    if (clients instanceof BoundedClients) clients.release(usernames);
  }
}

class BoundedIntake implements ClientIntake {
  readonly #records = new Map<string, Client | UnheldClient>();
  readonly #held = new Set<string>();

  constructor(
    private readonly bound: ClientBound,
    private readonly before: BoundedClients | undefined,
  ) {}

  get size(): number {
    return this.#records.size;
  }

  add(client: Client): void {
    const { username } = client;
    const isHeld = this.before ? this.before.keeps(username) : this.#hasRoom(username);
    if (isHeld) this.#held.add(username);
    else this.#held.delete(username);
    this.#records.set(username, isHeld ? client : this.bound.lists.unheld(client));
  }

  drop(username: string): void {
    this.#records.delete(username);
    this.#held.delete(username);
  }

  finish(): Omit<KnownClients, 'names'> {
    const holders = this.#records;
    // Those that have come to be in use meanwhile, and are there, come after those whose order is known.
    const inUse = new Set([...(this.before?.inOrderOfUse() ?? [])].filter((name) => this.#held.has(name)));
    for (const username of this.#held) inUse.add(username);
    return { holders, clients: BoundedClients.of(holders, { inUse, bound: this.bound }) };
  }

  #hasRoom(username: string): boolean {
    return this.#held.size < this.bound.limit || this.#held.has(username);
  }
}

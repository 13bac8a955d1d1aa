import type { Client } from '../../dynsec/entities.js';
import type { Changes } from './versioned-map.js';
import { VersionedMap } from './versioned-map.js';

/** What a client refers to. */
export type Holder = Pick<Client, 'roles' | 'groups'>;

/** The clients of a realm at one moment. Immutable. Who there is, and what they refer to, is always in memory. */
export interface ClientRecords {
  /** All of every client is in memory, always. */
  readonly isComplete: boolean;
  /** How many are in memory as they are. */
  readonly heldCount: number;
  /** Those that are, in no order; of the newest version alone. */
  held(): Iterable<Client>;
  /** @throws ClientNotHeldError where there is one, and no more is in memory than what it refers to. */
  get(username: string): Client | undefined;
  has(username: string): boolean;
  /** Whether `get` throws. */
  lacks(username: string): boolean;
  /** What a client refers to, void references included. */
  holder(username: string): Holder | undefined;
  /** The next version. @throws TypeError where there is one already. */
  with(changes: Changes<Client>): ClientRecords;
}

/** Clients that are all in memory. */
export class AllClients implements ClientRecords {
  readonly isComplete = true;

  private constructor(private readonly records: VersionedMap<Client>) {}

  static of(clients: Iterable<readonly [string, Client]>): AllClients {
    return new AllClients(new VersionedMap(clients));
  }

  /** Those of a map that whoever has made it leaves alone from now on. */
  static owning(clients: Map<string, Client>): AllClients {
    return new AllClients(VersionedMap.owning(clients));
  }

  get heldCount(): number {
    return this.records.size;
  }

  held(): Iterable<Client> {
    return this.records.values();
  }

  get(username: string): Client | undefined {
    return this.records.get(username);
  }

  has(username: string): boolean {
    return this.records.get(username) !== undefined;
  }

  lacks(): boolean {
    return false;
  }

  holder(username: string): Holder | undefined {
    return this.records.get(username);
  }

  with(changes: Changes<Client>): AllClients {
    return new AllClients(this.records.with(changes));
  }
}

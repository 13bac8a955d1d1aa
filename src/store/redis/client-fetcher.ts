import type { Client } from '../../dynsec/entities.js';
import { RecordError } from '../../dynsec/records/errors.js';
import { ClientNotHeldError } from '../../gate/errors.js';
import { BoundedClients } from './bounded-clients.js';
import type { BoundedHolding } from './client-holding.js';
import type { RealmSource } from './read-realm.js';
import { readClient } from './records.js';
import type { RealmFollower } from './realm-follower.js';
import { listOf, textOf } from './redis-reply.js';

/** What clients are fetched with. */
export interface ClientFetcherOptions {
  readonly source: RealmSource;
  readonly follower: RealmFollower;
  /** Undefined: all clients are in memory, and nothing is ever fetched. */
  readonly holding: BoundedHolding | undefined;
  /** Is told of a record that cannot be taken, or is not there although the client is. */
  readonly damaged: (problem: string) => void;
}

/** For how long things are waited for, in ms. */
interface Patience {
  readonly answerMs: number;
  readonly catchUpMs: number;
}

/** A check waits no longer: the broker does nothing else meanwhile. */
const OF_CHECKS: Patience = { answerMs: 200, catchUpMs: 500 };
/** A change may take as long as its commit. */
const OF_CHANGES: Patience = { answerMs: 1_500, catchUpMs: 1_500 };

/** How many records one script reads. */
const BATCH = 500;

/** Clients that stay in memory for as long as something is made of them. */
export interface ClientLoan {
  /** @throws ClientNotHeldError where one cannot be had in time. */
  bring(usernames: Iterable<string>): Promise<void>;
}

/** Fetches clients that are not in memory. */
export class ClientFetcher {
  readonly #fetches = new Map<string, Promise<void>>();

  constructor(private readonly options: ClientFetcherOptions) {}

  /** As `PolicyStore.hold`. Who asks for the same client at the same time waits for the same fetch. */
  hold(username: string): Promise<void> | undefined {
    if (!this.#lacks(username)) return undefined;
    const known = this.#fetches.get(username);
    if (known) return known;
    const fetch = this.#hold(username).finally(() => this.#fetches.delete(username));
    this.#fetches.set(username, fetch);
    return fetch;
  }

  /** Runs work that may take clients on loan; they are given back when it is over. */
  async lend<T>(work: (loan: ClientLoan) => Promise<T>): Promise<T> {
    const lent: string[] = [];
    const bring = async (usernames: Iterable<string>): Promise<void> => {
      const names = [...usernames];
      this.options.holding?.pin(names);
      lent.push(...names);
      await this.#bring(names, OF_CHANGES);
    };
    try {
      return await work({ bring });
    } finally {
      this.#unpin(lent);
    }
  }

  async #hold(username: string): Promise<void> {
    this.options.holding?.pin([username]);
    try {
      await this.#bring([username], OF_CHECKS);
    } finally {
      // Whoever has waited for it decides before that.
      setImmediate(() => {
        this.#unpin([username]);
      });
    }
  }

  #unpin(usernames: readonly string[]): void {
    const { holding, follower } = this.options;
    if (usernames.length > 0) holding?.unpin(usernames, follower.realm.state.clients);
  }

  #lacks(username: string): boolean {
    const { holding, follower } = this.options;
    return holding !== undefined && follower.hasRealm && follower.realm.state.clients.lacks(username);
  }

  /** INVARIANT: the names are pinned, so that whatever is changed meanwhile is in memory once it has been. */
  async #bring(usernames: readonly string[], patience: Patience): Promise<void> {
    const end = performance.now() + patience.answerMs + patience.catchUpMs;
    const lacking = (): readonly string[] => usernames.filter((username) => this.#lacks(username));
    for (let [first, ...rest] = lacking(); first !== undefined; [first, ...rest] = lacking()) {
      try {
        if (performance.now() > end) throw new Error('the realm changes faster than a client can be read');
        await this.#bringSome([first, ...rest].slice(0, BATCH), patience);
      } catch (cause) {
        if (cause instanceof ClientNotHeldError) throw cause;
        throw new ClientNotHeldError(first, { cause });
      }
    }
  }

  async #bringSome(usernames: readonly string[], patience: Patience): Promise<void> {
    const { realm } = this.options.follower;
    const { revision: since, restarts } = realm;
    const { head, texts } = await inTime(patience.answerMs, this.#read(usernames));
    if (!realm.hasPassed(head, since)) await inTime(patience.catchUpMs, this.options.follower.catchUp());
    // Otherwise what was read may be of another moment than what is in force: it is read once more.
    if (realm.restarts !== restarts || !realm.hasPassed(head, since)) return;
    const { clients } = realm.state;
    if (!(clients instanceof BoundedClients)) return;
    usernames.forEach((username, i) => {
      if (clients.lacks(username)) clients.bring(this.#parse(username, texts[i]));
    });
  }

  async #read(usernames: readonly string[]): Promise<{ head: string; texts: readonly unknown[] }> {
    const { connection, scripts, keys } = this.options.source;
    const reply = listOf(await scripts.clients.run(connection, [keys.clients, keys.meta], usernames));
    return { head: textOf(reply[0]), texts: listOf(reply[1]) };
  }

  /** A record that somebody has damaged or removed by hand says nothing about its client. */
  #parse(username: string, text: unknown): Client {
    try {
      if (typeof text === 'string') return readClient(username, text);
      throw new RecordError(`client \`${username}\` is gone from Redis, and no change says so`);
    } catch (cause) {
      if (cause instanceof RecordError) this.options.damaged(cause.message);
      throw new ClientNotHeldError(username, { cause });
    }
  }
}

/** @throws where it does not come in time. */
async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

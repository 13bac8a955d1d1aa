import { setTimeout as sleep } from 'node:timers/promises';
import type { Draft } from '../../dynsec/commands/draft.js';
import type { Configuration, Incarnation } from '../../dynsec/entities.js';
import { NotReplicatedError, RevisionConflictError, StoreError } from '../../gate/errors.js';
import type { ChangeOrigin, Committed, Work } from '../../gate/ports.js';
import { differenceBetween, kicksOfDifference } from '../configuration-difference.js';
import { mintIncarnation } from '../mint-incarnation.js';
import { configurationOf } from '../memory/memory-realm.js';
import { incarnationsOf } from '../memory/realm-state.js';
import type { RealmWrites } from '../realm-entry.js';
import { touchedBy } from '../realm-entry.js';
import { stampIncarnations } from '../stamp-incarnations.js';
import { messageOf } from '../system-error.js';
import { Turns } from '../turns.js';
import type { ClientFetcher, ClientLoan } from './client-fetcher.js';
import { configurationWith } from './configuration-with.js';
import type { NewChange } from './change-fields.js';
import { ChangeSender } from './change-sender.js';
import type { OddDigests } from './commit-arguments.js';
import { countOf, encodeReads, storedSettings } from './commit-arguments.js';
import type { ScriptOutcome } from './commit-outcome.js';
import type { Committer } from './committer.js';
import { differsFromRecord } from './compare-record.js';
import { endedLogins } from './ended-logins.js';
import type { RealmSource } from './read-realm.js';
import type { WholeState } from './read-whole.js';
import { asWritten, stampHandWritten, withUnlisted } from './hand-written.js';
import type { RealmFollower } from './realm-follower.js';
import { isAtLeast, changeIdOf } from './redis-revision.js';
import { TrackedDraft } from './tracked-draft.js';
import { untilReady } from './until-ready.js';

/** What changes go through. */
export interface RealmWriterOptions {
  readonly source: RealmSource;
  readonly follower: RealmFollower;
  readonly committer: Committer;
  readonly fetcher: ClientFetcher;
  /** How many changes are kept in Redis. */
  readonly changesKept: number;
  /** Whether instances share what they remember of logins. */
  readonly sharesLogins: boolean;
}

/** How many entities one script writes: more would hold up Redis. */
const MAX_WRITES = 5_000;
/** How often a change is made again because somebody else was faster. */
const MAX_ATTEMPTS = 50;
const MAX_PAUSE_MS = 50;
/** For how long the state with a change in it is waited for. */
const IN_FORCE_MS = 2_000;

/** What is to be written, made of the newest state. */
interface Attempt<T> {
  readonly result: T;
  /** Of that state. */
  readonly revision: string;
  readonly kicked: () => readonly (string | null)[];
  /** Sends it; absent: there is nothing to write. */
  readonly send?: () => Promise<ScriptOutcome>;
}

/** Work that was run on the state of a revision. */
interface Drafted<T> {
  readonly work: Work<T>;
  readonly tracked: TrackedDraft;
  readonly revision: string;
}

const nobody = (): readonly [] => [];

/** Changes a realm in Redis: on a draft of the newest state known here, and again where that was not the newest. */
export class RealmWriter {
  readonly #turns = new Turns();
  readonly #odd: OddDigests = new WeakMap();

  readonly #changes: ChangeSender;

  constructor(private readonly options: RealmWriterOptions) {
    this.#changes = new ChangeSender(options);
  }

  /** As `RealmStore.commit`. */
  commit<T>(origin: ChangeOrigin, work: (draft: Draft) => Work<T>): Promise<Committed<T>> {
    return this.#turns.run(() =>
      this.options.fetcher.lend((loan) => this.#repeat(() => this.#attempt(origin, work, loan))),
    );
  }

  /** As `RealmStore.replace`. */
  replace(origin: ChangeOrigin, next: Configuration, expected?: string): Promise<Committed<undefined>> {
    return this.#turns.run(() =>
      this.#repeat(async () => {
        // By Redis, not by what is remembered of it: the realm may be gone, and this may be how it comes back.
        if (!(await this.#isThere())) return this.#restoration(origin, next, expected);
        const before = await this.#whole();
        if (expected !== undefined && expected !== before.revision)
          throw new RevisionConflictError(expected, before.revision);
        return this.#replacement(origin, next, before);
      }),
    );
  }

  async #isThere(): Promise<boolean> {
    let isThere = true;
    await untilReady(this.options.source.connection);
    await this.#learn(async () => {
      isThere = await this.options.follower.catchUp();
    });
    return isThere;
  }

  #restoration(origin: ChangeOrigin, next: Configuration, expected?: string): Attempt<undefined> {
    if (expected !== undefined) throw new RevisionConflictError(expected, 'none');
    const configuration = stampIncarnations(next, NOTHING, mintIncarnation);
    const change = { origin, commands: ['document'], touched: UNTOLD, kicks: [], isWhole: true };
    const { revision } = this.options.follower.realm;
    const send = (): Promise<ScriptOutcome> => this.#changes.swap(change, { configuration, head: '' });
    return { result: undefined, revision, kicked: nobody, send };
  }

  /** Creates the realm, unless it has been created meanwhile. @returns whether this did it. */
  async create(origin: ChangeOrigin, configuration: Configuration): Promise<boolean> {
    const stamped = stampIncarnations(configuration, NOTHING, mintIncarnation);
    const change = { origin, commands: ['document'], touched: UNTOLD, kicks: [], isWhole: true };
    try {
      const outcome = await this.#changes.swap(change, { configuration: stamped, head: '' });
      return outcome.kind === 'written';
    } catch (error) {
      // It is there, and its passwords are known here alone.
      if (error instanceof NotReplicatedError) return true;
      throw error;
    }
  }

  /**
   * Takes over what was written by hand, here and on all other instances: what has no incarnation gets one, and so do
   * the references to it.
   */
  touch(origin: ChangeOrigin): Promise<Committed<undefined>> {
    return this.#turns.run(async () => {
      await this.#learn(() => this.options.follower.reread());
      return this.#repeat(() => this.#touched(origin));
    });
  }

  async #touched(origin: ChangeOrigin): Promise<Attempt<undefined>> {
    const { revision, state } = await this.#whole();
    const before = asWritten(state);
    const listed = await this.#listedIncarnations();
    // What somebody has rewritten without its incarnation is what it was: its holders keep it.
    const after = stampHandWritten(
      before,
      (kind, name) => listed.get(`${kind}:${name}`) ?? mintIncarnation(),
    );
    const writes = withUnlisted(differenceBetween(before, after) ?? NO_WRITES, after, listed);
    const change: NewChange = { origin, commands: ['touch'], touched: UNTOLD, kicks: [], isWhole: true };
    const send = (): Promise<ScriptOutcome> =>
      countOf(writes) > MAX_WRITES
        ? this.#changes.swap(change, { configuration: after, head: revision })
        : this.#changes.write(change, { writes, reads: ['0'], head: revision, grown: 0 });
    return { result: undefined, revision, kicked: nobody, send };
  }

  async #listedIncarnations(): Promise<ReadonlyMap<string, Incarnation>> {
    const { connection, keys } = this.options.source;
    const listed = new Map<string, Incarnation>();
    await this.#learn(async () => {
      const hash = await connection.hgetall(keys.incarnations);
      for (const [name, incarnation] of Object.entries(hash)) listed.set(name, incarnation);
    });
    return listed;
  }

  /**
   * Every client as it is, of the state in force.
   * @throws StoreError where that cannot be read.
   */
  async #whole(): Promise<WholeState> {
    const { follower } = this.options;
    for (let times = 1; times <= MAX_ATTEMPTS; times++) {
      const whole = await follower.whole();
      if (whole.revision === follower.realm.revision) return whole;
      await this.#learn(() => follower.catchUp());
      if (whole.revision === follower.realm.revision) return whole;
    }
    throw new StoreError('the realm changes faster than it can be read: nothing is changed');
  }

  /** Runs work on the newest state, and again when the clients that it turned out to need are there. */
  async #attempt<T>(
    origin: ChangeOrigin,
    work: (draft: Draft) => Work<T>,
    loan: ClientLoan,
  ): Promise<Attempt<T>> {
    for (let times = 1; times <= MAX_ATTEMPTS; times++) {
      const drafted = this.#draft(work);
      // INVARIANT: nothing is awaited in between, so that what was read is still in memory.
      if ('work' in drafted) return this.#attemptOf(origin, drafted);
      await this.#learn(async () => {
        await loan.bring(drafted.missing);
        return true;
      });
    }
    throw new StoreError('the realm changes faster than its clients can be read: nothing is changed');
  }

  #draft<T>(work: (draft: Draft) => Work<T>): Drafted<T> | { readonly missing: ReadonlySet<string> } {
    const { realm } = this.options.follower;
    const tracked = new TrackedDraft(realm.draft());
    const { missing } = tracked;
    try {
      const done = work(tracked);
      return missing.size > 0 ? { missing } : { work: done, tracked, revision: realm.revision };
    } catch (error) {
      if (missing.size === 0) throw error;
      return { missing };
    }
  }

  #attemptOf<T>(origin: ChangeOrigin, { work, tracked, revision }: Drafted<T>): Attempt<T> {
    const { realm } = this.options.follower;
    const { draft } = tracked;
    const { result, commands, isUndone = false } = work;
    if (isUndone || (!draft.hasChanges && draft.kicks.length === 0))
      return { result, revision, kicked: nobody };
    const { clients, groups, roles, settings, changeIndex } = draft.changes;
    const { base, kicks } = draft;
    const { extra } = base;
    const writes: RealmWrites = {
      clients,
      groups,
      roles,
      settings: settings && storedSettings({ settings, extra }),
    };
    const kicked = realm.resolve(kicks);
    const ended = endedLogins(clients, (username) => base.clients.get(username));
    const change: NewChange = { origin, commands, touched: touchedBy(writes), kicks, ended };
    if (countOf(writes) > MAX_WRITES) {
      const send = async (): Promise<ScriptOutcome> => {
        const before = await this.#whole();
        if (before.revision !== revision) return { kind: 'conflict', what: 'head', name: before.revision };
        const configuration = configurationWith(configurationOf(before.state), { writes, changeIndex });
        const whole = { ...change, touched: UNTOLD, kicks: [], isWhole: true };
        return this.#changes.swap(whole, { configuration, head: revision });
      };
      return { result, revision, kicked, send };
    }
    const reads = encodeReads(tracked.reads, base, this.#odd);
    const head = tracked.reads.members ? revision : '*';
    const grown = changeIndex - base.changeIndex;
    const send = (): Promise<ScriptOutcome> => this.#changes.write(change, { writes, reads, head, grown });
    return { result, revision, kicked, send };
  }

  #replacement(
    origin: ChangeOrigin,
    next: Configuration,
    { state, revision }: WholeState,
  ): Attempt<undefined> {
    const { realm } = this.options.follower;
    const before = configurationOf(state);
    const after = stampIncarnations(next, incarnationsOf(state), mintIncarnation);
    const writes = differenceBetween(before, after);
    if (!writes) return { result: undefined, revision, kicked: nobody };
    const kicks = kicksOfDifference(before, { after, writes });
    const kicked = realm.resolve(kicks);
    const ended = endedLogins(writes.clients, (username) => before.clients.get(username));
    const change: NewChange = { origin, commands: ['document'], touched: touchedBy(writes), kicks, ended };
    const isLarge = countOf(writes) > MAX_WRITES;
    const send = (): Promise<ScriptOutcome> =>
      isLarge
        ? this.#changes.swap(
            { ...change, touched: UNTOLD, kicks: [], isWhole: true },
            { configuration: after, head: revision },
          )
        : this.#changes.write(change, {
            writes,
            reads: ['0'],
            head: revision,
            grown: after.changeIndex - before.changeIndex,
          });
    return { result: undefined, revision, kicked, send };
  }

  async #repeat<T>(attempt: () => Promise<Attempt<T>>): Promise<Committed<T>> {
    const { follower } = this.options;
    for (let times = 1; times <= MAX_ATTEMPTS; times++) {
      const { result, revision, kicked, send } = await attempt();
      if (!send) return { result, revision, kicked };
      const outcome = await send();
      if (outcome.kind === 'written') {
        await this.#bringInForce(outcome.revision);
        return { result, revision: outcome.revision, kicked };
      }
      await this.#learn(async () => {
        const isThere = await follower.catchUp();
        if (outcome.kind === 'conflict' && follower.realm.revision === revision) await this.#lookAt(outcome);
        return isThere;
      });
      await sleep(Math.random() * Math.min(MAX_PAUSE_MS, times * 2));
    }
    throw new StoreError('the realm changes faster than this change can be made: nothing is changed');
  }

  /**
   * Finds out what a change is to be made on.
   * @param read answers false where the realm is gone.
   * @throws StoreError for that, and where it cannot be read.
   */
  async #learn(read: () => Promise<unknown>): Promise<void> {
    let isThere: unknown;
    try {
      isThere = await read();
    } catch (cause) {
      throw new StoreError(`the newest state cannot be read, nothing is changed: ${messageOf(cause)}`, {
        cause,
      });
    }
    if (isThere === false) throw new StoreError('the realm is gone from Redis: nothing is changed');
  }

  /** The state is the newest, and yet something in it is not as it was read: somebody has written it by hand. */
  async #lookAt(conflict: { readonly what: string; readonly name: string }): Promise<void> {
    const { source, follower } = this.options;
    if (await differsFromRecord(source, { ...conflict, state: follower.realm.state, odd: this.#odd })) {
      await follower.reread();
    }
  }

  /** What cannot be followed right now is written all the same; the watch over the realm has the word then. */
  async #bringInForce(revision: string): Promise<void> {
    const { follower } = this.options;
    const id = changeIdOf(revision);
    const end = performance.now() + IN_FORCE_MS;
    // What a failover has lost is waited for in vain.
    const followed = async (): Promise<void> => {
      while (!isAtLeast(follower.realm.position, id) && performance.now() < end) await follower.catchUp();
    };
    await Promise.race([followed().catch(() => undefined), sleep(IN_FORCE_MS, undefined, { ref: false })]);
  }
}

/** Of a change that is not told entity by entity. */
const UNTOLD = { clients: [], groups: [], roles: [], settings: false } as const;

const NO_WRITES: RealmWrites = {
  clients: new Map(),
  groups: new Map(),
  roles: new Map(),
  settings: undefined,
};

const NOTHING = { groupIncarnation: () => undefined, roleIncarnation: () => undefined };

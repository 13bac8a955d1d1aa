import type { Draft } from '../dynsec/commands/draft.js';
import type { Configuration, Extra } from '../dynsec/entities.js';
import type { PolicyOptions } from '../dynsec/policy.js';
import { RevisionConflictError } from '../gate/errors.js';
import type { Change, ChangeOrigin, Committed, Snapshot, WholeRealm, Work } from '../gate/ports.js';
import type { Replacement } from './configuration-difference.js';
import { differenceBetween, kicksOfDifference } from './configuration-difference.js';
import type { DraftChanges } from './memory/memory-draft.js';
import { MemoryRealm } from './memory/memory-realm.js';
import type { RealmState } from './memory/realm-state.js';
import { incarnationsOf } from './memory/realm-state.js';
import type { Kicked } from './memory/resolve-kicks.js';
import { resolveKicks } from './memory/resolve-kicks.js';
import { mintIncarnation } from './mint-incarnation.js';
import type { RealmEntry, RealmWrites } from './realm-entry.js';
import { touchedBy } from './realm-entry.js';
import { RecentChanges } from './recent-changes.js';
import { nextRevision } from './revision.js';
import { stampIncarnations } from './stamp-incarnations.js';

/** Makes a change last. @throws StoreError where it cannot: then nothing of it may last. */
export type Persist = (entry: RealmEntry) => Promise<void>;

/** What a realm is made of. */
export interface LiveRealmOptions {
  readonly configuration: Configuration;
  readonly revision: string;
  readonly policy: PolicyOptions;
  /** The newest changes, the oldest first, that have led to it. */
  readonly changes?: readonly Change[];
}

/** The commands of a change that puts a whole document in place. */
const WHOLE_DOCUMENT = ['document'];

/**
 * A realm in memory that changes for good: what a store is made of that keeps all of it in memory, wherever it writes
 * the changes down. A change is written down first, then in force, then told of.
 *
 * INVARIANT: one `commit` or `replace` at a time; whoever holds the realm sees to that.
 */
export class LiveRealm {
  #realm: MemoryRealm;
  #extra: Extra | undefined;
  readonly changes: RecentChanges;

  constructor(private readonly options: LiveRealmOptions) {
    const { configuration, revision, policy, changes } = options;
    this.#realm = new MemoryRealm({ configuration, policy, revision });
    this.#extra = configuration.extra;
    this.changes = new RecentChanges(revision, changes);
  }

  snapshot(): Snapshot {
    return this.#realm.snapshot();
  }

  get revision(): string {
    return this.#realm.snapshot().revision;
  }

  /** What a document says of the realm as a whole that nobody knows. */
  get extra(): Extra | undefined {
    return this.#extra;
  }

  /** The newest state. */
  get state(): RealmState {
    return this.#realm.draft().base;
  }

  /** As `RealmStore.whole`. */
  whole(): WholeRealm {
    const configuration = this.#realm.configuration();
    const extra = this.#extra;
    return { configuration: extra ? { ...configuration, extra } : configuration, revision: this.revision };
  }

  /** As `RealmStore.commit`. */
  async commit<T>(
    origin: ChangeOrigin,
    work: (draft: Draft) => Work<T>,
    persist: Persist,
  ): Promise<Committed<T>> {
    const draft = this.#realm.draft();
    const { result, commands, isUndone = false } = work(draft);
    if (isUndone) return { result, revision: this.revision, kicked: () => [] };
    // Whom a command touches that is refused is as much for who follows the log as a change is.
    if (!draft.hasChanges && draft.kicks.length === 0) {
      return { result, revision: this.revision, kicked: () => [] };
    }
    const { changeIndex } = draft.changes;
    const writes = this.#writesOf(draft.changes);
    const change = this.#nextChange(origin, commands, writes);
    await persist({ change, changeIndex, writes });
    const commit = this.#realm.commit(draft, change.revision);
    this.changes.add(change, () => commit.kicked());
    return { result, revision: commit.revision, kicked: () => commit.kicked() };
  }

  /** As `RealmStore.replace`. Names that are new get a new incarnation, so that nothing is revived. */
  async replace(
    origin: ChangeOrigin,
    next: Configuration,
    expected: string | undefined,
    persist: Persist,
  ): Promise<Committed<undefined>> {
    const { revision } = this;
    if (expected !== undefined && expected !== revision) throw new RevisionConflictError(expected, revision);
    const before = this.whole().configuration;
    const after = stampIncarnations(next, incarnationsOf(this.state), mintIncarnation);
    const writes = differenceBetween(before, after);
    if (!writes) return { result: undefined, revision, kicked: () => [] };
    const change = this.#nextChange(origin, WHOLE_DOCUMENT, writes);
    const kicked = this.#kickedBy(before, { after, writes });
    const realm = this.#realmOf(after, change.revision);
    await persist({ change, changeIndex: after.changeIndex, writes });
    this.#put(realm, after.extra);
    this.changes.add(change, () => kicked);
    return { result: undefined, revision: change.revision, kicked: () => kicked };
  }

  /**
   * Takes over a configuration that lasts already, and notes it as a change of its own.
   * @param revision of the new state, made of the one before.
   * @returns the change, or undefined where there is none.
   */
  adopt(
    origin: ChangeOrigin,
    after: Configuration,
    revision: (before: string) => string,
  ): Change | undefined {
    const before = this.whole().configuration;
    const writes = differenceBetween(before, after);
    if (!writes) return undefined;
    const change = this.#nextChange(origin, WHOLE_DOCUMENT, writes, revision(this.revision));
    const kicked = this.#kickedBy(before, { after, writes });
    this.#put(this.#realmOf(after, change.revision), after.extra);
    this.changes.add(change, () => kicked);
    return change;
  }

  /** Begins anew with what somebody else has made of the realm. */
  restart(configuration: Configuration, revision: string, changes: readonly Change[]): void {
    this.#put(this.#realmOf(configuration, revision), configuration.extra);
    this.changes.restart(revision, changes);
  }

  #put(realm: MemoryRealm, extra: Extra | undefined): void {
    this.#realm = realm;
    this.#extra = extra;
  }

  #realmOf(configuration: Configuration, revision: string): MemoryRealm {
    const previous = this.snapshot().policy;
    return new MemoryRealm({ configuration, policy: this.options.policy, revision, previous });
  }

  /** By name at once: the state before is not held any longer than it takes. */
  #kickedBy(before: Configuration, replacement: Replacement): readonly Kicked[] {
    return resolveKicks(this.state, kicksOfDifference(before, replacement));
  }

  #writesOf({ clients, groups, roles, settings }: DraftChanges): RealmWrites {
    const extra = this.#extra ? { extra: this.#extra } : {};
    return { clients, groups, roles, settings: settings && { ...settings, ...extra } };
  }

  #nextChange(
    origin: ChangeOrigin,
    commands: readonly string[],
    writes: RealmWrites,
    revision = nextRevision(this.revision),
  ): Change {
    return {
      via: origin.via,
      by: origin.by,
      from: origin.from,
      revision,
      previous: this.revision,
      at: new Date().toISOString(),
      commands,
      touched: touchedBy(writes),
    };
  }
}

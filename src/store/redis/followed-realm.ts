import type { Kick } from '../../dynsec/commands/draft.js';
import type { PolicyOptions } from '../../dynsec/policy.js';
import type { Change, Snapshot } from '../../gate/ports.js';
import { differenceBetween, kicksOfDifference } from '../configuration-difference.js';
import type { MemoryDraft } from '../memory/memory-draft.js';
import { configurationOf, MemoryRealm } from '../memory/memory-realm.js';
import type { RealmState } from '../memory/realm-state.js';
import { resolveKicks } from '../memory/resolve-kicks.js';
import type { RealmWrites } from '../realm-entry.js';
import { touchedBy } from '../realm-entry.js';
import { RecentChanges } from '../recent-changes.js';
import type { StreamedChange } from './change-fields.js';
import type { KnownState, RealmDelta } from './changes-since.js';
import type { ReadRealm } from './read-realm.js';
import { changeIdOf, isAtLeast } from './redis-revision.js';
import { takeDelta } from './take-delta.js';

/** Of a realm, what there is. */
interface RealmContents {
  readonly clients: { readonly size: number };
  readonly groups: RealmState['groups'];
  readonly roles: RealmState['roles'];
}

/** A realm in memory that follows one in Redis: every state of it was one of Redis's. */
export class FollowedRealm implements KnownState {
  #realm: MemoryRealm;
  #position: string;
  #restarts = 0;
  readonly changes: RecentChanges;

  constructor(
    { state, revision, position, changes }: ReadRealm,
    private readonly policy: PolicyOptions,
  ) {
    this.#realm = new MemoryRealm({ state, policy, revision });
    this.#position = position;
    this.changes = new RecentChanges(revision, knownChanges(changes));
  }

  snapshot(): Snapshot {
    return this.#realm.snapshot();
  }

  get revision(): string {
    return this.#realm.snapshot().revision;
  }

  get position(): string {
    return this.#position;
  }

  get sizes(): { readonly clients: number; readonly groups: number; readonly roles: number } {
    const { clients, groups, roles } = this.state.names;
    return { clients: clients.size, groups: groups.size, roles: roles.size };
  }

  /** What there is, for who counts it. */
  get contents(): RealmContents {
    const { names, groups, roles } = this.state;
    return { clients: names.clients, groups, roles };
  }

  get state(): RealmState {
    return this.#realm.state;
  }

  draft(): MemoryDraft {
    return this.#realm.draft();
  }

  /** How often it has begun anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Whether a revision is the one in force, or came before it, and not before `since`: what has changed in between was
   * taken over since.
   */
  hasPassed(revision: string, since: string): boolean {
    if (revision === this.revision) return true;
    const isLater = isAtLeast(changeIdOf(revision), changeIdOf(since));
    return isLater && this.changes.after(revision, 0) !== undefined;
  }

  /** Takes what has changed: whole, and at once. */
  take(delta: RealmDelta): void {
    const before = this.state;
    const draft = this.#realm.draft();
    takeDelta(draft, delta);
    this.#realm.commit(draft, delta.revision);
    this.#position = delta.changes.at(-1)?.id ?? this.#position;
    for (const { change, kicks } of delta.changes) {
      if (change) this.changes.add(change, () => resolveKicks(before, kicks));
    }
  }

  /** Begins anew with what was read, and tells of what is new in it. */
  restart({ state, revision, position, changes }: ReadRealm): void {
    const { state: before, policy } = this;
    const previous = this.snapshot().policy;
    this.#restarts++;
    this.#realm = new MemoryRealm({ state, policy, revision, previous });
    this.#position = position;
    const known = knownChanges(changes);
    const last = known.at(-1);
    const isNews = last !== undefined && last.revision === revision && last.previous === this.changes.newest;
    const difference = isNews ? differenceOf(before, state) : undefined;
    if (!difference || !last) {
      this.changes.restart(revision, known);
      return;
    }
    // One change that was not told entity by entity: what it touched is what has become different.
    const kicked = resolveKicks(before, difference.kicks);
    this.changes.add({ ...last, touched: touchedBy(difference.writes) }, () => kicked);
  }

  /** Whom kicks mean, by the state in force. */
  resolve(kicks: readonly Kick[]): () => readonly (string | null)[] {
    const { state } = this;
    let kicked: readonly (string | null)[] | undefined;
    return () => (kicked ??= resolveKicks(state, kicks));
  }
}

/** Undefined where there is none, or where not all of both states is in memory. */
function differenceOf(
  before: RealmState,
  after: RealmState,
): { readonly writes: RealmWrites; readonly kicks: readonly Kick[] } | undefined {
  if (!before.clients.isComplete || !after.clients.isComplete) return undefined;
  const [old, next] = [configurationOf(before), configurationOf(after)];
  const writes = differenceBetween(old, next);
  return writes && { writes, kicks: kicksOfDifference(old, { after: next, writes }) };
}

function knownChanges(changes: readonly StreamedChange[]): readonly Change[] {
  return changes.flatMap(({ change }) => change ?? []);
}

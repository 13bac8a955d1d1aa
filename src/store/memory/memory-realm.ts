import type { Kick } from '../../dynsec/commands/draft.js';
import { groupWithoutVoidReferences, withoutVoidReferences } from '../../dynsec/commands/void-references.js';
import { withoutUndefined } from '../../dynsec/commands/without-undefined.js';
import type { Client, Configuration } from '../../dynsec/entities.js';
import type { Policy, PolicyOptions } from '../../dynsec/policy.js';
import { compilePolicy } from '../../dynsec/policy.js';
import type { PolicyStore, Snapshot } from '../../gate/ports.js';
import { MemoryDraft } from './memory-draft.js';
import type { RealmState } from './realm-state.js';
import { createRealmState, incarnationsOf } from './realm-state.js';
import type { Kicked } from './resolve-kicks.js';
import { resolveKicks } from './resolve-kicks.js';
import type { SortedNames } from './sorted-names.js';

/** What a realm in memory is made of. */
export type MemoryRealmOptions = MemoryRealmBeginning & {
  readonly policy: PolicyOptions;
  /** Of the first state. */
  readonly revision?: string;
  /** Of the realm that this one takes the place of: roles that are the same are not compiled again. */
  readonly previous?: Policy;
};

/** What it begins with. */
type MemoryRealmBeginning = { readonly configuration: Configuration } | { readonly state: RealmState };

/** What became of a draft. */
export interface Commit {
  /** Of the state that the draft led to. */
  readonly revision: string;
  /** Whom the change touches, in symbols. */
  readonly kicks: readonly Kick[];
  /** Those by name, null for all who have none: worked out when it is asked for, by the state before the commit. */
  kicked(): readonly Kicked[];
}

/**
 * A realm in memory, its clients as far as their records are. Reads and changes take no time that grows with the number of clients, but for
 * those that name or kick many of them, and for {@link MemoryRealm.configuration}.
 */
export class MemoryRealm implements PolicyStore {
  #state: RealmState;
  #snapshot: Snapshot;
  #commits = 0;

  constructor(private readonly options: MemoryRealmOptions) {
    this.#state = 'state' in options ? options.state : createRealmState(options.configuration);
    const policy = this.#compile(this.#state, options.previous);
    this.#snapshot = createRealmSnapshot(this.#state, policy, options.revision ?? '0');
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  get state(): RealmState {
    return this.#state;
  }

  /** A draft over the newest state; until it is committed it changes nothing. */
  draft(): MemoryDraft {
    return new MemoryDraft(this.#state);
  }

  /**
   * Makes a draft the newest state, whole and at once. A draft without changes leaves the revision
   * as it is, unless one is given.
   * @param revision of the new state; counted, if none is given.
   * @throws TypeError where the draft was made before the last commit.
   */
  commit(draft: MemoryDraft, revision?: string): Commit {
    const before = this.#state;
    if (draft.base !== before) throw new TypeError('the draft is not of the newest state');
    const kicks = [...draft.kicks];
    if (draft.hasChanges || revision !== undefined) this.#take(draft.apply(), revision);
    let kicked: readonly Kicked[] | undefined;
    return {
      revision: this.#snapshot.revision,
      kicks,
      kicked: () => (kicked ??= resolveKicks(before, kicks)),
    };
  }

  /** The whole realm, void references left out. @throws ClientNotHeldError where not all of it is in memory. */
  configuration(): Configuration {
    return configurationOf(this.#state);
  }

  #take(state: RealmState, revision: string | undefined): void {
    const before = this.#state;
    const { policy } = this.#snapshot;
    const isSamePolicy =
      state.roles === before.roles && state.groups === before.groups && state.settings === before.settings;
    const compiled = isSamePolicy ? policy : this.#compile(state, policy);
    this.#commits++;
    this.#snapshot = createRealmSnapshot(state, compiled, revision ?? String(this.#commits));
    this.#state = state;
  }

  #compile({ roles, groups, settings }: RealmState, previous: Policy | undefined): Policy {
    return compilePolicy({ roles, groups, ...settings }, this.options.policy, previous);
  }
}

/** What a state describes, void references left out. @throws ClientNotHeldError where not all of it is in memory. */
export function configurationOf(state: RealmState): Configuration {
  const { clients, groups, roles, settings, changeIndex, extra, names } = state;
  const incarnations = incarnationsOf(state);
  return withoutUndefined<Configuration>({
    changeIndex,
    defaultACLAccess: settings.defaultACLAccess,
    anonymousGroup: settings.anonymousGroup,
    clients: inOrder(names.clients, clients, (client) => withoutVoidReferences(client, incarnations)),
    groups: inOrder(names.groups, groups, (group) => groupWithoutVoidReferences(group, incarnations)),
    roles: inOrder(names.roles, roles, (role) => role),
    extra,
  });
}

/** INVARIANT: clients are shown without void references, so that a new group of an old name revives nothing. */
function createRealmSnapshot(state: RealmState, policy: Policy, revision: string): Snapshot {
  const incarnations = incarnationsOf(state);
  return {
    policy,
    revision,
    client: (username): Client | undefined => {
      const client = state.clients.get(username);
      return client && withoutVoidReferences(client, incarnations);
    },
  };
}

/** Entities in byte order of their names. */
function inOrder<T>(
  names: SortedNames,
  entities: { get(name: string): T | undefined },
  shown: (entity: T) => T,
): ReadonlyMap<string, T> {
  const ordered = new Map<string, T>();
  for (const name of names.slice(0, undefined)) {
    const entity = entities.get(name);
    if (entity) ordered.set(name, shown(entity));
  }
  return ordered;
}

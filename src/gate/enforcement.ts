import type { Fleet, RealmInstance, RealmStore } from './ports.js';

/** Which instances enforce a state of the realm, or one that came of it. */
export interface Enforcement {
  readonly revision: string;
  /** All that were heard of do, and any was. */
  readonly isEnforced: boolean;
  readonly instances: readonly EnforcingInstance[];
}

/** An instance, and whether it enforces that state. `since`: when it took over the state that it enforces now. */
export interface EnforcingInstance extends RealmInstance {
  readonly enforces: boolean;
}

/** Tells which instances enforce a state. @throws StoreError where they cannot be asked. */
export type AskEnforcement = (revision: string) => Promise<Enforcement>;

/**
 * As {@link AskEnforcement}. `malformed`: no revision of this realm looks like that; `unknown`: no change that is
 * known here (any more) has led to it, though one as new would be.
 */
export type FindEnforcement = (revision: string) => Promise<Enforcement | 'malformed' | 'unknown'>;

/** What waiting needs from outside. */
export interface EnforcementOptions {
  readonly fleet: Fleet;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/** An instance that does not answer is out of contact by then. */
const WAIT_MS = 5_000;
const PAUSE_MS = 40;

function createAskEnforcement({ fleet }: Pick<EnforcementOptions, 'fleet'>): AskEnforcement {
  return async (revision) => {
    const instances = (await fleet.instances()).map((instance) => ({
      ...instance,
      enforces: fleet.enforces(instance.revision, revision),
    }));
    const isEnforced = instances.length > 0 && instances.every(({ enforces }) => enforces);
    return { revision, isEnforced, instances };
  };
}

/** Makes the question about a revision that somebody names. */
export function createFindEnforcement(options: {
  readonly fleet: Fleet;
  readonly store: RealmStore;
}): FindEnforcement {
  const { fleet, store } = options;
  const ask = createAskEnforcement(options);
  return async (revision) => {
    if (!fleet.isRevision(revision)) return 'malformed';
    const isKnown = store.changes.after(revision, 0) !== undefined;
    // One that is newer than the state here may be that of a change which has not come here yet.
    if (!isKnown && fleet.enforces(store.snapshot().revision, revision)) return 'unknown';
    return ask(revision);
  };
}

/** Makes the question that is asked until all instances enforce the state, for some seconds. */
export function createAwaitEnforcement(options: EnforcementOptions): AskEnforcement {
  const ask = createAskEnforcement(options);
  return async (revision) => {
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      const enforcement = await ask(revision);
      if (enforcement.isEnforced || waitedMs >= WAIT_MS) return enforcement;
      await options.pause(PAUSE_MS);
    }
  };
}

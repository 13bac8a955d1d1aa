import type { PolicyStore } from './ports.js';

/**
 * Brings who a check is about into memory.
 * @returns what is to be waited for before the check is decided, at once then; undefined: nothing.
 */
export type HoldClient = (username: string | null) => Promise<void> | undefined;

/** As {@link HoldClient}; nobody in particular is always there. */
export function holdClient(store: PolicyStore, username: string | null): Promise<void> | undefined {
  return username ? store.hold?.(username) : undefined;
}

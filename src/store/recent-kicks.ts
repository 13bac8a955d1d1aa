import type { Kicked } from './memory/resolve-kicks.js';

/** How many changes are kept, and how many names in all; always the newest one. */
const MAX_CHANGES = 1_000;
const MAX_NAMES = 200_000;

/**
 * How many of the newest may be unresolved. Resolving needs the state before the change, and an old state holds on to
 * whatever has changed since.
 */
const MAX_UNRESOLVED = 16;

interface Entry {
  readonly revision: string;
  resolve: (() => readonly Kicked[]) | undefined;
  names: readonly Kicked[];
}

/** Whom the newest changes have touched. */
export class RecentKicks {
  readonly #entries: Entry[] = [];
  #names = 0;

  /** @param resolve is called once, when somebody asks or the change is not among the newest any more. */
  add(revision: string, resolve: () => readonly Kicked[]): void {
    this.#entries.push({ revision, resolve, names: [] });
    const aged = this.#entries.at(-1 - MAX_UNRESOLVED);
    if (aged) this.#namesOf(aged);
    this.#forget();
  }

  /** Undefined where it is not known (any more). */
  of(revision: string): readonly Kicked[] | undefined {
    const entry = this.#entries.findLast((each) => each.revision === revision);
    if (!entry) return undefined;
    const names = this.#namesOf(entry);
    this.#forget();
    return names;
  }

  #namesOf(entry: Entry): readonly Kicked[] {
    if (entry.resolve) {
      entry.names = entry.resolve();
      entry.resolve = undefined;
      this.#names += entry.names.length;
    }
    return entry.names;
  }

  #forget(): void {
    while (this.#entries.length > MAX_CHANGES || (this.#names > MAX_NAMES && this.#entries.length > 1)) {
      this.#names -= this.#entries.shift()?.names.length ?? 0;
    }
  }
}

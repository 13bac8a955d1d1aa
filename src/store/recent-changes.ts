import type { Change, ChangeLog } from '../gate/ports.js';
import { RecentKicks } from './recent-kicks.js';
import type { Kicked } from './memory/resolve-kicks.js';

/** How much is kept, in changes and in characters of their JSON; always the newest one. */
const MAX_CHANGES = 10_000;
const MAX_CHARACTERS = 2 * 1024 * 1024;

type Listener = (change: Change) => void;

/** The newest changes of a realm, in memory. */
export class RecentChanges implements ChangeLog {
  #changes: Change[] = [];
  #sizes: number[] = [];
  #size = 0;
  /** The state that the newest change led to, or the first one. */
  #revision: string;
  #kicks = new RecentKicks();
  readonly #listeners = new Set<Listener>();

  /** @param revision of the state that the changes, the oldest first, have led to. */
  constructor(revision: string, changes: readonly Change[] = []) {
    this.#revision = revision;
    for (const change of changes) this.#keep(change);
  }

  /** The revision that the newest change led to. */
  get newest(): string {
    return this.#revision;
  }

  /** What is kept, the oldest first. */
  get kept(): readonly Change[] {
    return this.#changes;
  }

  after(revision: string | undefined, count: number): readonly Change[] | undefined {
    const start = revision === undefined ? 0 : this.#placeAfter(revision);
    return start === undefined ? undefined : this.#changes.slice(start, start + Math.max(0, count));
  }

  kicked(revision: string): readonly Kicked[] | undefined {
    return this.#kicks.of(revision);
  }

  subscribe(listener: Listener): () => void {
    // A function of its own: who subscribes twice with one listener ends each by itself.
    const own: Listener = (change) => {
      listener(change);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Adds the newest change, and tells of it. */
  add(change: Change, kicked: () => readonly Kicked[]): void {
    this.#kicks.add(change.revision, kicked);
    this.#keep(change);
    this.#tell(change);
  }

  /** Begins anew with what somebody else has written, and tells of what is new in it. */
  restart(revision: string, changes: readonly Change[]): void {
    const known = changes.findLastIndex((change) => change.revision === this.#revision);
    const news = changes.slice(known + 1);
    [this.#changes, this.#sizes, this.#size, this.#revision] = [[], [], 0, revision];
    this.#kicks = new RecentKicks();
    for (const change of changes) this.#keep(change);
    for (const change of news) this.#tell(change);
  }

  /** Where the changes after a revision begin; a state that came back is looked for where it was last. */
  #placeAfter(revision: string): number | undefined {
    if (revision === this.#revision) return this.#changes.length;
    const last = this.#changes.findLastIndex((change) => change.revision === revision);
    if (last >= 0) return last + 1;
    return this.#changes[0]?.previous === revision ? 0 : undefined;
  }

  #keep(change: Change): void {
    const size = JSON.stringify(change).length;
    this.#changes.push(change);
    this.#sizes.push(size);
    this.#size += size;
    this.#revision = change.revision;
    while (this.#changes.length > MAX_CHANGES || (this.#size > MAX_CHARACTERS && this.#changes.length > 1)) {
      this.#changes.shift();
      this.#size -= this.#sizes.shift() ?? 0;
    }
  }

  /** A listener that throws is a defect, and is to be seen as one, but the change is made. */
  #tell(change: Change): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

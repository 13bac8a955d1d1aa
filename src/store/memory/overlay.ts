import type { Changes } from './versioned-map.js';

/** What can be looked up. */
interface Readable<V> {
  get(name: string): V | undefined;
  has(name: string): boolean;
}

/** Changes over a map that stays as it is. */
export class Overlay<V> {
  readonly #changes = new Map<string, V | undefined>();

  constructor(private readonly base: Readable<V>) {}

  /** The changes, as the map below is to take them. */
  get changes(): Changes<V> {
    return this.#changes;
  }

  get(name: string): V | undefined {
    return this.#changes.has(name) ? this.#changes.get(name) : this.base.get(name);
  }

  /** As whether `get` has something; the map below may find out with less. */
  has(name: string): boolean {
    return this.#changes.has(name) ? this.#changes.get(name) !== undefined : this.base.has(name);
  }

  /** @param value undefined: none. */
  set(name: string, value: V | undefined): void {
    this.#changes.set(name, value);
  }
}

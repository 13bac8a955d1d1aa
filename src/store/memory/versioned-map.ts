/** What becomes of entries: a new value, or undefined where there is none any more. */
export type Changes<V> = ReadonlyMap<string, V | undefined>;

/** What an older version keeps: what the next one changed, as it was before. */
interface Succession<V> {
  readonly replaced: Changes<V>;
  readonly next: VersionedMap<V>;
}

/**
 * A map whose earlier versions can still be read and never change. A change costs what changes, not what there is:
 * there is one real map, which the newest version has; an older one knows what has changed since.
 */
export class VersionedMap<V> {
  #entries: Map<string, V> | undefined;
  #succession: Succession<V> | undefined;

  constructor(entries: Iterable<readonly [string, V]> = []) {
    this.#entries = new Map(entries);
  }

  /** A first version that is the map itself: whoever has made it leaves it alone from now on. */
  static owning<V>(entries: Map<string, V>): VersionedMap<V> {
    const map = new VersionedMap<V>();
    map.#entries = entries;
    return map;
  }

  /** Quick on the newest version; an older one looks through every change since. */
  get(name: string): V | undefined {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- it walks from this version to the newest
    let version: VersionedMap<V> = this;
    while (version.#succession) {
      const { replaced, next } = version.#succession;
      if (replaced.has(name)) return replaced.get(name);
      version = next;
    }
    return version.#entries?.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** How many there are in the newest version. */
  get size(): number {
    return this.#newest.size;
  }

  /** What there is in the newest version, in no order. */
  values(): Iterable<V> {
    return this.#newest.values();
  }

  /**
   * Puts a value in the place of another one that says the same, in less or in more: in this version and in all to which
   * it has not changed since.
   * @throws TypeError where there is a next version.
   */
  restate(name: string, value: V): void {
    const entries = this.#entries;
    if (!entries) throw new TypeError('only the newest version of a map can be restated');
    if (entries.has(name)) entries.set(name, value);
  }

  /** The next version. @throws TypeError where there is one already. */
  with(changes: Changes<V>): VersionedMap<V> {
    const entries = this.#entries;
    if (!entries) throw new TypeError('only the newest version of a map can be changed');
    if (changes.size === 0) return this;
    const replaced = new Map<string, V | undefined>();
    for (const [name, value] of changes) {
      replaced.set(name, entries.get(name));
      if (value === undefined) entries.delete(name);
      else entries.set(name, value);
    }
    const next = new VersionedMap<V>();
    next.#entries = entries;
    this.#entries = undefined;
    this.#succession = { replaced, next };
    return next;
  }

  get #newest(): ReadonlyMap<string, V> {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- it walks from this version to the newest
    let version: VersionedMap<V> = this;
    while (version.#succession) version = version.#succession.next;
    return version.#entries ?? new Map();
  }
}

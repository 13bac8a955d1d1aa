/** What a table answers for a tuple that is not in it. */
export const NO_VALUE = -1;

const FIRST_SLOTS = 4;

/** Odd, with bits all over: the golden ratio. */
const HASH_FACTOR = 0x9e3779b1;

/**
 * From tuples of integers to integers of 0 or more. Each value stands beside its tuple in one array: with a hundred
 * thousand rules, what costs is how many places of the memory are looked at (open addressing, linear probing, never more
 * than half full).
 */
export class TupleTable {
  readonly #width: number;
  #slots = FIRST_SLOTS;
  /** For each slot the value, or {@link NO_VALUE}, and then the tuple. */
  #fields: Int32Array;
  #size = 0;

  /** @param length of the tuples; 0 or more. */
  constructor(length: number) {
    this.#width = length + 1;
    this.#fields = this.#emptyFields();
  }

  get(tuple: Int32Array): number {
    return this.#fields[this.#place(tuple)] ?? NO_VALUE;
  }

  /** Keeps a value for a tuple, unless there is one already. */
  add(tuple: Int32Array, value: number): void {
    if (2 * (this.#size + 1) > this.#slots) this.#grow();
    const at = this.#place(tuple);
    if (this.#fields[at] !== NO_VALUE) return;
    this.#fields[at] = value;
    this.#fields.set(tuple, at + 1);
    this.#size++;
  }

  /** Where the tuple stands, or would. */
  #place(tuple: Int32Array): number {
    const mask = this.#slots - 1;
    for (let slot = hashOf(tuple) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * this.#width;
      if (this.#fields[at] === NO_VALUE || this.#isAt(at + 1, tuple)) return at;
    }
  }

  #isAt(start: number, tuple: Int32Array): boolean {
    for (let i = 0; i < tuple.length; i++) if (this.#fields[start + i] !== tuple[i]) return false;
    return true;
  }

  #grow(): void {
    const old = this.#fields;
    this.#slots *= 2;
    this.#fields = this.#emptyFields();
    for (let at = 0; at < old.length; at += this.#width) {
      if (old[at] === NO_VALUE) continue;
      const slot = old.subarray(at, at + this.#width);
      this.#fields.set(slot, this.#place(slot.subarray(1)));
    }
  }

  #emptyFields(): Int32Array {
    return new Int32Array(this.#slots * this.#width).fill(NO_VALUE);
  }
}

function hashOf(tuple: Int32Array): number {
  let hash = 0;
  for (let i = 0; i < tuple.length; i++) {
    hash = Math.imul(hash ^ (tuple[i] ?? 0), HASH_FACTOR);
    hash ^= hash >>> 15;
  }
  return hash;
}

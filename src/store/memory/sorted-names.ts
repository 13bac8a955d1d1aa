import { compareNames } from '../../dynsec/compare.js';

/** How many names a chunk has at most; one that outgrows it is halved. */
const MAX_CHUNK = 512;

/**
 * A set of names in byte order. Immutable: a change makes a new one that shares all of the old one but a chunk and
 * the list of chunks, so that a change of a hundred thousand names copies less than a thousand references.
 */
export class SortedNames {
  static readonly EMPTY = new SortedNames([], 0);

  /** @param chunks none of them empty. */
  private constructor(
    private readonly chunks: readonly (readonly string[])[],
    /** How many names there are. */
    readonly size: number,
  ) {}

  /** @param names in byte order, none twice. */
  static of(names: readonly string[]): SortedNames {
    const chunks: (readonly string[])[] = [];
    // Half full, so that the next names do not split them.
    for (let at = 0; at < names.length; at += MAX_CHUNK / 2) chunks.push(names.slice(at, at + MAX_CHUNK / 2));
    return new SortedNames(chunks, names.length);
  }

  has(name: string): boolean {
    const chunk = this.chunks[this.#chunkOf(name)] ?? [];
    return chunk[lowerBound(chunk, name)] === name;
  }

  /** With this name in it. */
  with(name: string): SortedNames {
    const i = this.#chunkOf(name);
    const chunk = this.chunks[i] ?? [];
    const at = lowerBound(chunk, name);
    if (chunk[at] === name) return this;
    const grown = chunk.toSpliced(at, 0, name);
    return new SortedNames(this.chunks.toSpliced(i, 1, ...halved(grown)), this.size + 1);
  }

  /** Without this name in it. */
  without(name: string): SortedNames {
    const i = this.#chunkOf(name);
    const chunk = this.chunks[i] ?? [];
    const at = lowerBound(chunk, name);
    if (chunk[at] !== name) return this;
    const rest = chunk.length === 1 ? [] : [chunk.toSpliced(at, 1)];
    return new SortedNames(this.chunks.toSpliced(i, 1, ...rest), this.size - 1);
  }

  /** @param count undefined: all that are left. */
  slice(offset: number, count: number | undefined): readonly string[] {
    const end = count === undefined ? this.size : Math.min(this.size, offset + count);
    const names: string[] = [];
    let start = 0;
    for (const chunk of this.chunks) {
      if (start >= end) break;
      names.push(...chunk.slice(Math.max(0, offset - start), Math.min(chunk.length, end - start)));
      start += chunk.length;
    }
    return names;
  }

  /** The last chunk that begins with this name or one before it; the first where there is none. */
  #chunkOf(name: string): number {
    let [low, high] = [0, this.chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (compareNames(this.chunks[middle]?.[0] ?? '', name) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Where a name stands in a list, or would. */
function lowerBound(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareNames(names[middle] ?? '', name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function halved(chunk: readonly string[]): readonly (readonly string[])[] {
  if (chunk.length <= MAX_CHUNK) return [chunk];
  const middle = chunk.length >> 1;
  return [chunk.slice(0, middle), chunk.slice(middle)];
}

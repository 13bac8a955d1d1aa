import { compareNames } from '../dynsec/compare.js';
import type { Steps } from './steps.js';

/** How many names are sorted, or merged, in a step. */
const STEP = 1_000;

/** Names in byte order. A million of them take seconds: they are sorted in small pieces, and these are merged. */
export function* sortNames(names: readonly string[]): Steps<readonly string[]> {
  let runs: (readonly string[])[] = [];
  for (let at = 0; at < names.length; at += STEP) {
    runs.push(names.slice(at, at + STEP).sort(compareNames));
    yield;
  }
  while (runs.length > 1) {
    const merged: (readonly string[])[] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* merge(runs[i] ?? [], runs[i + 1] ?? []));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge(a: readonly string[], b: readonly string[]): Steps<readonly string[]> {
  const merged: string[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) return merged.concat(a.slice(i), b.slice(j));
    if (compareNames(x, y) <= 0) {
      merged.push(x);
      i++;
    } else {
      merged.push(y);
      j++;
    }
    if (merged.length % STEP === 0) yield;
  }
}

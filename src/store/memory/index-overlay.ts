import { Overlay } from './overlay.js';
import { SortedNames } from './sorted-names.js';

/** Changes over an index of names. */
export class IndexOverlay extends Overlay<SortedNames> {
  /** The names under a key. */
  namesOf(key: string): SortedNames {
    return this.get(key) ?? SortedNames.EMPTY;
  }

  /** Moves a name from the keys that it was under to those that it is under now. */
  move(name: string, before: readonly string[], after: readonly string[]): void {
    for (const key of before) if (!after.includes(key)) this.set(key, this.namesOf(key).without(name));
    for (const key of after) if (!before.includes(key)) this.set(key, this.namesOf(key).with(name));
  }
}

import * as fc from 'fast-check';
import { compareNames } from '../../../../src/dynsec/compare.js';
import { SortedNames } from '../../../../src/store/memory/sorted-names.js';
import { testSeed } from '../../../support/seed.js';

const ALL = undefined;

describe('sorted names', () => {
  it('are a set in byte order, whatever comes and goes', () => {
    const name = fc.oneof(fc.constantFrom('', 'a', '\u{1F600}', '\u{FF5E}'), fc.nat(3000).map(String));
    const step = fc.record({ name, isThere: fc.boolean() });
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 50 }),
        fc.array(step, { maxLength: 50 }),
        (start, steps) => {
          const expected = new Set(start);
          let names = SortedNames.of([...start].sort(compareNames));
          for (const { name, isThere } of steps) {
            if (isThere) expected.add(name);
            else expected.delete(name);
            names = isThere ? names.with(name) : names.without(name);
            expect(names.has(name)).toBe(isThere);
          }
          expect(names.size).toBe(expected.size);
          expect(names.slice(0, ALL)).toEqual([...expected].sort(compareNames));
        },
      ),
      { seed: testSeed() },
    );
  });

  it('are paged alike over many chunks as over one', () => {
    const all = Array.from({ length: 3000 }, (_, i) => String(i)).sort(compareNames);
    // One after the other, so that chunks split.
    const names = all.reduce((some, name) => some.with(name), SortedNames.EMPTY);
    for (const [offset, count] of [
      [0, ALL],
      [0, 0],
      [0, 1],
      [511, 3],
      [1000, 1500],
      [2999, 5],
      [3000, 1],
      [9999, 1],
    ] as const) {
      expect(names.slice(offset, count)).toEqual(all.slice(offset, count === ALL ? ALL : offset + count));
      expect(SortedNames.of(all).slice(offset, count)).toEqual(names.slice(offset, count));
    }
  });

  it('do not change: what adds or takes away a name is another set', () => {
    const names = SortedNames.of(['a', 'c']);
    expect(names.with('b').slice(0, ALL)).toEqual(['a', 'b', 'c']);
    expect(names.without('a').slice(0, ALL)).toEqual(['c']);
    expect(names.slice(0, ALL)).toEqual(['a', 'c']);
    expect(names.with('a')).toBe(names);
    expect(names.without('b')).toBe(names);
  });

  it('can all go', () => {
    const none = SortedNames.of(['a']).without('a');
    expect([none.size, none.slice(0, ALL), none.has('a')]).toEqual([0, [], false]);
    expect(none.with('b').slice(0, ALL)).toEqual(['b']);
  });
});

import * as fc from 'fast-check';
import { VersionedMap } from '../../../../src/store/memory/versioned-map.js';
import { testSeed } from '../../../support/seed.js';

const NAMES = ['a', 'b', 'c', '__proto__'];

describe('a versioned map', () => {
  it('has in each version what was there then', () => {
    const change = fc.tuple(fc.constantFrom(...NAMES), fc.option(fc.nat(9), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 10 }), (steps) => {
        let map = new VersionedMap<number>([['a', 0]]);
        let expected = new Map<string, number | undefined>([['a', 0]]);
        const versions = [{ map, expected }];
        for (const changes of steps) {
          map = map.with(new Map(changes));
          expected = new Map([...expected, ...changes]);
          versions.push({ map, expected });
        }
        for (const version of versions) {
          expect(NAMES.map((name) => version.map.get(name))).toEqual(
            NAMES.map((name) => version.expected.get(name)),
          );
        }
      }),
      { seed: testSeed() },
    );
  });

  it('is changed in its newest version alone', () => {
    const first = new VersionedMap([['a', 1]]);
    first.with(new Map([['a', 2]]));
    expect(() => first.with(new Map([['a', 3]]))).toThrow(TypeError);
    expect(first.get('a')).toBe(1);
  });
});

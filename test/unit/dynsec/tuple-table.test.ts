import * as fc from 'fast-check';
import { NO_VALUE, TupleTable } from '../../../src/dynsec/tuple-table.js';
import { testSeed } from '../../support/seed.js';

describe('TupleTable', () => {
  it('has for each tuple the value that was added first, as a Map has it, however many there are', () => {
    const length = fc.nat(5);
    const cases = fc.record({
      length,
      range: fc.constantFrom(2, 30, 2 ** 31),
      count: fc.nat(2_000),
      seed: fc.nat(),
    });
    const property = fc.property(cases, ({ length: of, range, count, seed }) => {
      const table = new TupleTable(of);
      const expected = new Map<string, number>();
      let state = seed;
      const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % range;
      const tuples = Array.from({ length: count }, () => Int32Array.from({ length: of }, next));
      tuples.forEach((tuple, value) => {
        table.add(tuple, value);
        if (!expected.has(tuple.join())) expected.set(tuple.join(), value);
      });
      const others = Array.from({ length: 100 }, () => Int32Array.from({ length: of }, next));
      for (const tuple of [...tuples, ...others])
        expect(table.get(tuple)).toBe(expected.get(tuple.join()) ?? NO_VALUE);
    });
    fc.assert(property, { seed: testSeed(), numRuns: 60 });
  });

  it('keeps what it was given, not the array that it was given in', () => {
    const table = new TupleTable(2);
    const tuple = Int32Array.of(1, 2);
    table.add(tuple, 7);
    tuple[1] = 3;
    expect([table.get(tuple), table.get(Int32Array.of(1, 2))]).toEqual([NO_VALUE, 7]);
  });
});

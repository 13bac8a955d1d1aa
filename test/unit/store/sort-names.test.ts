import { compareNames } from '../../../src/dynsec/compare.js';
import { sortNames } from '../../../src/store/sort-names.js';
import { atOnce, inTurns } from '../../../src/store/steps.js';
import { seededRandom } from '../../support/seeded-random.js';

const ALPHABET = ['a', 'b', 'ä', '\ud7ff', '\ufb00', '\u{1f600}', '0'];

function someNames(count: number): readonly string[] {
  const random = seededRandom(count);
  const letter = (): string => ALPHABET[Math.floor(random() * ALPHABET.length)] ?? '';
  return Array.from({ length: count }, () => `${letter()}${letter()}${letter()}${letter()}${letter()}`);
}

describe('names that are sorted in steps', () => {
  it.each([0, 1, 2, 999, 1_000, 1_001, 2_500, 5_000])('are all there, in byte order: %i of them', (count) => {
    const names = someNames(count);
    expect(atOnce(sortNames(names))).toEqual([...names].sort(compareNames));
  });

  it('leave a turn to others in between', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    // However quick the machine is, one sort is not enough to be sure of a timer.
    for (let i = 0; i < 100 && turns < 3; i++) await inTurns(sortNames(someNames(50_000)));
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('are as they were where they come from', () => {
    const names = ['b', 'a'];
    atOnce(sortNames(names));
    expect(names).toEqual(['b', 'a']);
  });
});

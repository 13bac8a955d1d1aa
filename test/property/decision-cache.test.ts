/**
 * Decisions from memory are those without it, whatever changes in between.
 */
import * as fc from 'fast-check';
import { DecisionCache } from '../../src/cache/decision-cache.js';
import { ACCESSES } from '../../src/dynsec/entities.js';
import type { AclCheck } from '../../src/gate/authorize.js';
import { createAuthorize } from '../../src/gate/authorize.js';
import { POPULATED, randomCommand, USERNAMES } from '../support/commands/command-arbitraries.js';
import { TestRealm } from '../support/commands/test-realm.js';
import { testSeed } from '../support/seed.js';

const RUNS = { seed: testSeed(), numRuns: 150 };

/** So few that they come again. */
const check: fc.Arbitrary<AclCheck> = fc.record({
  username: fc.constantFrom(...USERNAMES.slice(0, 2), '', null, 'nobody'),
  clientid: fc.constantFrom('c', '', null),
  topic: fc.constantFrom('t', 'a/t', 't/g'),
  access: fc.constantFrom(...ACCESSES),
});

/** Some checks, and what changes before them: commands, or a new start of the realm. */
const step = fc.record({
  change: fc.oneof(
    { weight: 8, arbitrary: fc.array(randomCommand, { maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  ),
  checks: fc.array(check, { minLength: 10, maxLength: 40 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Asks everything with and without the cache. */
function run(steps: readonly Step[], cache: DecisionCache): void {
  const realm = new TestRealm();
  realm.run(...POPULATED);
  const store = { snapshot: () => realm.realm.snapshot() };
  const authorize = createAuthorize(store);
  const cached = cache.decorate(store, authorize);
  for (const { change, checks } of steps) {
    if (change === 'restart') realm.restart();
    else if (change.length > 0) realm.run(...change);
    for (const asked of checks) expect([asked, cached(asked)]).toEqual([asked, authorize(asked)]);
  }
}

describe('any sequence of changes and checks', () => {
  it.each([3, 1_000])('is answered alike without a cache and with one of %i entries', (maxEntries) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        run(steps, new DecisionCache(maxEntries));
      }),
      RUNS,
    );
  });

  it('is answered from the cache often enough to be a test of anything', () => {
    const cache = new DecisionCache(1_000);
    const samples = fc.sample(fc.array(step, { minLength: 6, maxLength: 12 }), { ...RUNS, numRuns: 50 });
    for (const steps of samples) run(steps, cache);
    const { hits, misses } = cache.status();
    expect(hits / (hits + misses)).toBeGreaterThan(0.1);
    expect(hits).toBeGreaterThan(500);
  });
});

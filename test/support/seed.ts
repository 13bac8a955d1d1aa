/** By which seed random tests draw: always the same, unless the environment names another one. */
const DEFAULT_SEED = 20_260_101;

/**
 * The seed of this run: `TEST_SEED`, a number or `random`, or else the default.
 * Whoever draws by it names it when the test fails.
 */
export function testSeed(): number {
  const given = process.env['TEST_SEED'];
  if (given === undefined || given === '') return DEFAULT_SEED;
  if (given === 'random') return Date.now() % 2 ** 31;
  const seed = Number(given);
  if (!Number.isInteger(seed))
    throw new TypeError(`TEST_SEED: expected an integer or random, got \`${given}\``);
  return seed;
}

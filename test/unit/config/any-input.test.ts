import fc from 'fast-check';
import { settingsTable } from '../../../src/config/settings.js';
import { load, problemsOf } from './configuration.js';

const rows = settingsTable();
const secretEnvs = rows.filter(({ isSecret }) => isSecret).map(({ env }) => env);
const words = [
  'true',
  '1',
  'bcrypt',
  '[::1]:0',
  '0.0.0.0:1',
  'a,b',
  '\0',
  '`',
  '__proto__',
  '',
  'x'.repeat(40),
];
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...words));
const env = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...rows.map((row) => row.env)),
    fc.string().map((name) => `GATEHOUSE_${name}`),
  ),
  fc.option(text, { nil: undefined }),
);
const flags = fc.dictionary(
  fc.oneof(fc.constantFrom(...rows.map(({ name }) => name as string)), fc.string()),
  fc.option(fc.oneof(text, fc.boolean()), { nil: undefined }),
);

describe('whatever is in the environment and the flags', () => {
  it('gives a configuration or problems, each of one line with a source and a message', () => {
    const property = fc.property(env, flags, (given, givenFlags) => {
      const problems = problemsOf(given, givenFlags);
      for (const problem of problems) expect(problem).toMatch(/^(?:GATEHOUSE_|--)[^\n]*: [^\n]+$/);
      if (problems.length === 0) expect(load(given, givenFlags).listen.port).toBeLessThan(65_536);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('no problem shows a secret', () => {
    const secret = fc.string({ minLength: 6, maxLength: 31, unit: fc.constantFrom('q', 'Q', '7', '%', 'ß') });
    const property = fc.property(fc.constantFrom(...secretEnvs), secret, (name, value) => {
      const problems = problemsOf({ [name]: value, [`${name}S`]: value });
      expect(problems).toHaveLength(2);
      expect(problems.join()).not.toContain(value);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

import fc from 'fast-check';
import { junitReport } from '../../../src/cli/output/junit.js';
import { testSeed } from '../../support/seed.js';
import { parseXml } from '../../support/xml.js';

describe('a report for CI systems', () => {
  it('counts tests and failures, with place and text', () => {
    const report = junitReport('cases.yaml', [
      { name: 'passes', file: 'cases.yaml', line: 3 },
      {
        name: 'fails\nhere',
        file: 'cases.yaml',
        line: 4,
        failure: { message: 'why', text: 'first\nsecond' },
      },
    ]);
    const counts = { tests: '2', failures: '1', errors: '0', skipped: '0' };
    const place = { classname: 'cases.yaml', file: 'cases.yaml' };
    expect(parseXml(report)).toEqual({
      name: 'testsuites',
      attributes: counts,
      text: '',
      children: [
        {
          name: 'testsuite',
          attributes: { name: 'cases.yaml', ...counts },
          text: '',
          children: [
            { name: 'testcase', attributes: { name: 'passes', ...place, line: '3' }, text: '', children: [] },
            {
              name: 'testcase',
              attributes: { name: 'fails\\u000ahere', ...place, line: '4' },
              text: '',
              children: [
                { name: 'failure', attributes: { message: 'why' }, text: 'first\nsecond', children: [] },
              ],
            },
          ],
        },
      ],
    });
  });

  it('is well-formed whatever the names are, and gives ordinary ones back', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<a b="c">', ']]>', '&amp;', '\ud800', '\uffff', '\u0000\u001b[31m', "it's", '--'),
    );
    const property = fc.property(text, text, (name, message) => {
      const report = junitReport(name, [{ name, file: name, line: 1, failure: { message, text: message } }]);
      const [suite] = parseXml(report).children;
      const failure = suite?.children[0]?.children[0];
      if (/^[\x20-\x7e]*$/.test(name + message)) {
        expect(suite?.attributes['name']).toBe(name);
        expect(failure?.attributes['message']).toBe(message);
      }
    });
    fc.assert(property, { numRuns: 500, seed: testSeed() });
  });
});

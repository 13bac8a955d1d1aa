import fc from 'fast-check';
import { intersectTemplates } from '../../../src/dynsec/lint/intersect-templates.js';
import { OverlapIndex } from '../../../src/dynsec/lint/overlap-index.js';
import { compileRules } from '../../../src/dynsec/rule.js';
import { testSeed } from '../../support/seed.js';

const level = fc.constantFrom('a', 'b', 'c', '+', '%u', '%{username}', '$a', '');
const topic = fc
  .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'));

function rulesOf(topics: readonly string[]) {
  return compileRules(
    topics.map((text) => ({ acltype: 'publishClientSend', topic: text, priority: 0, allow: true })),
    'wildcards',
  );
}

describe('the search for rules that meet', () => {
  it('finds every rule with which a template has something in common', () => {
    const property = fc.property(fc.array(topic, { maxLength: 30 }), topic, (topics, asked) => {
      const rules = rulesOf(topics);
      const [query] = rulesOf([asked]);
      if (!query) throw new Error('no query');
      const found = new Set(new OverlapIndex(rules).find(query.template));
      for (const rule of rules) {
        if (intersectTemplates(rule.template, query.template)) expect(found).toContain(rule);
      }
    });
    fc.assert(property, { numRuns: 500, seed: testSeed() });
  });

  it('does not look at all of many rules where plain text tells them apart', () => {
    const rules = rulesOf(Array.from({ length: 10_000 }, (_, i) => `a/${i}/+`));
    const [query] = rulesOf(['+/77/x']);
    if (!query) throw new Error('no query');
    expect([...new OverlapIndex(rules).find(query.template)].map(({ acl }) => acl.topic)).toEqual(['a/77/+']);
  });
});

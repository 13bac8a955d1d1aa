import { parseTemplate } from '../../../src/templates/parse-template.js';

const GOOD = {
  title: 'A test',
  description: 'any',
  parameters: { prefix: { type: 'prefix', default: 'a', description: 'any' } },
  acls: [{ acltype: 'publishClientSend', topic: '${prefix}/#', allow: true }],
};

const parse = (changes: object) => parseTemplate('test', JSON.stringify({ ...GOOD, ...changes }));

describe('parseTemplate', () => {
  it('reads a template', () => {
    const { name, title, parameters, acls } = parse({});
    expect([name, title]).toEqual(['test', 'A test']);
    expect([...parameters]).toEqual([
      ['prefix', { type: 'prefix', default: 'a', description: 'any', allows: [] }],
    ]);
    expect(acls).toEqual([{ acltype: 'publishClientSend', topic: '${prefix}/#', priority: 0, allow: true }]);
  });

  it.each([
    ['something else than YAML', 'a: [', /template `test`: /],
    ['no mapping', '[]', /template `test`: .*expected object/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseTemplate('test', text)).toThrow(message);
  });

  it.each([
    ['a member that there is none of', { name: 'test' }, 'name'],
    ['no rules', { acls: [] }, 'acls'],
    [
      'an unknown type of rule',
      { acls: [{ acltype: 'publish', topic: '${prefix}', allow: true }] },
      'acltype',
    ],
    [
      'an unknown type of parameter',
      { parameters: { prefix: { ...GOOD.parameters.prefix, type: 'topic' } } },
      'parameters.prefix',
    ],
    [
      'a parameter that no topic holds',
      { parameters: { ...GOOD.parameters, other: GOOD.parameters.prefix } },
      'other',
    ],
    ['a topic with a parameter that there is none of', { parameters: {} }, 'there is no parameter prefix'],
    [
      'a default that its own parameter does not take',
      { parameters: { prefix: { ...GOOD.parameters.prefix, default: '#' } } },
      'prefix: `#` holds a wildcard',
    ],
    [
      'topics that are none',
      { acls: [{ acltype: 'publishClientSend', topic: '${prefix}/#/a', allow: true }] },
      'would be no topic of an ACL',
    ],
  ])('refuses %s', (_what, changes, problem) => {
    expect(() => parse(changes)).toThrow(problem);
  });
});

import { expandTemplate } from '../../../src/gate/templates/expand-template.js';
import type { TemplateParameter } from '../../../src/gate/templates/role-template.js';
import { parseTemplate } from '../../../src/templates/parse-template.js';

/** A template of one rule, for publishing to `topic`. */
function templateOf(topic: string, parameters: Readonly<Record<string, object>>) {
  const described = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, { description: 'any', ...parameter }]),
  );
  const acls = [{ acltype: 'publishClientSend', topic, allow: true }];
  return parseTemplate(
    'test',
    JSON.stringify({ title: 'A test', description: 'any', parameters: described, acls }),
  );
}

/** The topic of a template of one rule. */
function topicOf(topic: string, parameter: object, value?: string): string | undefined {
  const template = templateOf(topic, { it: parameter });
  const values = new Map(value === undefined ? [] : [['it', value]]);
  return expandTemplate({ template, values }).acls[0]?.topic;
}

const parameterOf = (type: TemplateParameter['type'], ...allows: readonly string[]): object => ({
  type,
  default: type === 'attribute' ? 'name' : 'a',
  ...(type === 'attribute' ? {} : { allows }),
});

describe('expandTemplate', () => {
  it('puts the defaults in, and says where the role comes from', () => {
    const template = templateOf('${prefix}/%c/${word}', {
      prefix: { type: 'prefix', default: 'a/b' },
      word: { type: 'level', default: 'up' },
    });
    expect(expandTemplate({ template, values: new Map() })).toEqual({
      rolename: 'test',
      textname: 'A test',
      textdescription: 'made by template test with prefix=a/b, word=up',
      allowwildcardsubs: true,
      acls: [{ acltype: 'publishClientSend', topic: 'a/b/%c/up', priority: 0, allow: true }],
    });
  });

  it('takes another name, and values for some parameters', () => {
    const template = templateOf('${prefix}/${word}', {
      prefix: { type: 'prefix', default: 'a' },
      word: { type: 'level', default: 'up' },
    });
    const role = expandTemplate({ template, values: new Map([['word', 'down']]), rolename: 'mine' });
    expect([role.rolename, role.acls[0]?.topic]).toEqual(['mine', 'a/down']);
  });

  it('does not look into values for further parameters, and takes them to the letter', () => {
    expect(topicOf('x/${it}', parameterOf('level'), 'a${it}')).toBe('x/a${it}');
    expect(topicOf('x/${it}', parameterOf('level'), "a$&$'")).toBe("x/a$&$'");
  });

  it('keeps of two rules that have become the same the first, as dynsec does', () => {
    const template = parseTemplate(
      'twice',
      JSON.stringify({
        title: 'any',
        description: 'any',
        parameters: {
          a: { type: 'level', default: 'x', description: 'any' },
          b: { type: 'level', default: 'y', description: 'any' },
        },
        acls: ['${a}', '${b}'].map((topic, i) => ({
          ...{ acltype: 'subscribePattern', topic, priority: i, allow: true },
        })),
      }),
    );
    const { acls } = expandTemplate({ template, values: new Map([['b', 'x']]) });
    expect(acls.map(({ topic, priority }) => [topic, priority])).toEqual([['x', 0]]);
  });

  it.each([
    ['a level', parameterOf('level'), 'a b.c-d_1'],
    ['a level that is the wildcard it may be', parameterOf('level', 'wildcards'), '+'],
    ['a level that is the variable it may be', parameterOf('level', 'variables'), '%{plant}'],
    ['a level with a variable in it', parameterOf('level', 'variables'), 'dev-%{clientid}'],
    ['a prefix', parameterOf('prefix'), 'a/b/c'],
    ['a prefix with a slash in front', parameterOf('prefix'), '/a/b'],
    ['a filter', parameterOf('filter', 'wildcards'), 'a/+/b/#'],
    ['a filter of everything', parameterOf('filter', 'wildcards'), '#'],
    ['a filter with variables', parameterOf('filter', 'wildcards', 'variables'), '%u/+/%{a}-x/#'],
    ['the statistics of the broker', parameterOf('filter', 'wildcards', '$SYS'), '$SYS/#'],
  ])('takes %s', (_what, parameter, value) => {
    expect(topicOf('${it}', parameter, value)).toBe(value);
  });

  it.each([
    ['nothing', parameterOf('level'), '', 'is empty'],
    ['two levels for one', parameterOf('level', 'wildcards'), 'a/b', 'is more than one level'],
    ['a wildcard', parameterOf('level'), '+', 'holds a wildcard'],
    ['a wildcard in a text', parameterOf('prefix'), 'a+', 'holds a wildcard'],
    ['a wildcard for a level', parameterOf('prefix'), 'a/+/b', 'holds a wildcard'],
    ['everything', parameterOf('prefix'), '#', 'holds a wildcard'],
    ['everything for a level', parameterOf('level', 'wildcards'), '#', 'holds `#`'],
    ['a wildcard that stands wrong', parameterOf('filter', 'wildcards'), 'a/#/b', 'has a misplaced wildcard'],
    ['a wildcard in a level', parameterOf('filter', 'wildcards'), 'a/b+', 'has a misplaced wildcard'],
    ['a variable', parameterOf('prefix'), 'a/%u', 'holds `%`, which begins a variable'],
    ['what only looks like one', parameterOf('level', 'variables'), 'x-%u', 'which is no variable'],
    ['two in a level', parameterOf('level', 'variables'), '%{a}-%{b}', 'which is no variable'],
    ['one and half of another', parameterOf('level', 'variables'), '%{a}%u', 'which is no variable'],
    ['the topics of the broker', parameterOf('prefix'), '$CONTROL/dynamic-security', 'begins with `$`'],
    ['shared subscriptions', parameterOf('filter', 'wildcards', '$SYS'), '$share/g/#', 'only `$SYS`'],
    ['what begins like the statistics', parameterOf('filter', '$SYS'), '$SYSTEM/a', 'only `$SYS`'],
    ['an empty level', parameterOf('prefix'), 'a//b', 'has an empty level'],
    ['a slash at the end', parameterOf('prefix'), 'a/', 'has an empty level'],
    ['a control character', parameterOf('level'), 'a\u0000b', 'holds a character'],
    ['half a character', parameterOf('level'), 'a\ud800', 'holds a character'],
    ['more levels than there can be', parameterOf('prefix'), 'a/'.repeat(201) + 'a', 'is too long'],
  ])('refuses %s', (_what, parameter, value, problem) => {
    expect(() => topicOf('${it}', parameter, value)).toThrow(problem);
  });

  it('refuses values that are fine each, and together no topic', () => {
    expect(() => topicOf('x/${it}', parameterOf('prefix'), 'a/'.repeat(200) + 'a')).toThrow(
      'would be no topic of an ACL',
    );
    expect(() => topicOf('${it}/x', parameterOf('filter', 'wildcards'), 'a/#')).toThrow('`a/#/x` would be');
    expect(() => topicOf('%{a}-${it}', parameterOf('level', 'variables'), '%{b}')).toThrow('would be');
  });

  it('takes names of attributes that no client has from the start', () => {
    expect(topicOf('%{${it}}', parameterOf('attribute'), 'plant_2')).toBe('%{plant_2}');
    for (const name of ['username', 'clientid', 'group']) {
      expect(() => topicOf('%{${it}}', parameterOf('attribute'), name)).toThrow('is no attribute');
    }
    for (const name of ['', '2nd', 'a-b', 'a}/#', 'é']) {
      expect(() => topicOf('%{${it}}', parameterOf('attribute'), name)).toThrow('is no name of an attribute');
    }
  });

  it('takes of a few texts none but these', () => {
    const parameter = { type: 'choice', choices: ['%u', '%c'], default: '%u' };
    expect(topicOf('a/${it}', parameter, '%c')).toBe('a/%c');
    expect(() => topicOf('a/${it}', parameter, '+')).toThrow('it: `+` is not one of %u, %c');
  });

  it('names everything that is wrong at once, with the value', () => {
    const template = templateOf('${a}/${b}', {
      a: { type: 'level', default: 'x' },
      b: { type: 'level', default: 'y' },
    });
    const values = new Map([
      ['a', '+'],
      ['c', 'z'],
      ['b', ''],
    ]);
    expect(() => expandTemplate({ template, values })).toThrow(
      'a: `+` holds a wildcard, and would reach beyond what it is for; ' +
        'c: template `test` has no such parameter, but a, b; b: `` is empty',
    );
  });
});

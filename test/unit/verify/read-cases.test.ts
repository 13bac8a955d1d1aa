import { CasesError } from '../../../src/cli/cases/cases-error.js';
import { readCases } from '../../../src/cli/cases/read-cases.js';

const read = (...lines: readonly string[]) => readCases('c.yaml', lines.join('\n'));

function problemsOf(...lines: readonly string[]): readonly string[] {
  try {
    read(...lines);
  } catch (error) {
    if (error instanceof CasesError) return error.message.split('\n');
    throw error;
  }
  throw new Error('nothing is wrong with it');
}

const GOOD = '{ who: jane, what: publish, topic: a/b, expect: allow }';

describe('a file of cases', () => {
  it('is read with the lines of its cases', () => {
    const { options, expectations } = read(
      '# who may do what',
      'cases:',
      '  - { who: jane, clientid: j1, what: publish, topic: up/jane, expect: allow, role: jail, rule: "up/%u" }',
      '  - name: nobody reads secrets',
      "    who: ''",
      '    what: receive',
      '    topic: secret',
      '    expect: deny',
      '    reason: anonymous_not_allowed',
    );
    expect(options).toEqual({ allowAnonymous: false, sharedSubscriptions: 'dynsec' });
    expect(expectations).toEqual([
      {
        name: '',
        line: 3,
        request: { username: 'jane', clientid: 'j1', access: 'publishClientSend', topic: 'up/jane' },
        allowed: true,
        by: { rolename: 'jail', rule: 'up/%u' },
      },
      {
        name: 'nobody reads secrets',
        line: 4,
        request: { username: '', clientid: null, access: 'publishClientReceive', topic: 'secret' },
        allowed: false,
        by: { reason: 'anonymous_not_allowed' },
      },
    ]);
  });

  it('has a check for every combination of lists', () => {
    const { expectations } = read(
      'cases:',
      '  - { who: [a, b], what: [publish, unsubscribe], topic: [x, y, +/z], expect: deny }',
    );
    expect(expectations).toHaveLength(12);
    expect(
      expectations.slice(0, 4).map(({ request: { username, access, topic } }) => [username, access, topic]),
    ).toEqual([
      ['a', 'publishClientSend', 'x'],
      ['a', 'publishClientSend', 'y'],
      ['a', 'publishClientSend', '+/z'],
      ['a', 'unsubscribe', 'x'],
    ]);
  });

  it('may say how the service is set', () => {
    const { options } = read(
      'settings: { allow-anonymous: true, shared-subscriptions: filter }',
      'cases:',
      `  - ${GOOD}`,
    );
    expect(options).toEqual({ allowAnonymous: true, sharedSubscriptions: 'filter' });
  });

  it('may repeat itself by aliases', () => {
    const { expectations } = read(
      'cases:',
      '  - &jane { who: jane, what: publish, topic: a, expect: allow }',
      '  - *jane',
    );
    expect(expectations).toHaveLength(2);
  });
});

describe('what is wrong with a file of cases', () => {
  it.each([
    ['who: 5', 'c.yaml:3: case 2: who: `5` is not text: put it in quotes'],
    ['who: [a, true]', 'c.yaml:3: case 2: who: `true` is not text: put it in quotes'],
    ['who: []', 'c.yaml:3: case 2: who: `[]` is an empty list'],
    [
      'who: ~',
      'c.yaml:3: case 2: who: is empty; a text that begins with `#`, or is nothing, goes into quotes',
    ],
    [
      'what: publsh',
      'c.yaml:3: case 2: what: `"publsh"` is not one of publish, receive, subscribe, unsubscribe',
    ],
    ['expect: yes', 'c.yaml:3: case 2: expect: `"yes"` is not one of allow, deny'],
    ['clientid: 7', 'c.yaml:3: case 2: clientid: `7` is not text: put it in quotes'],
    ['reason: no_match', 'c.yaml:3: case 2: reason: `"no_match"` is no reason to allow something'],
    ['topics: a', 'c.yaml:3: case 2: there is no field `topics`; the nearest is `topic`'],
  ])('is told by line, field and value: %s', (field, problem) => {
    const name = field.split(':', 1)[0] ?? '';
    const fields = ['who: jane', 'what: publish', 'topic: a/b', 'expect: allow'];
    const others = fields.filter((one) => !one.startsWith(`${name}:`));
    expect(problemsOf('cases:', `  - ${GOOD}`, `  - { ${[...others, field].join(', ')} }`)).toEqual([
      problem,
    ]);
  });

  it('is told of every unknown reason with the known ones', () => {
    const [problem] = problemsOf(
      'cases:',
      '  - { who: a, what: publish, topic: a, expect: deny, reason: x }',
    );
    expect(problem).toContain(
      'reason: `"x"` is not one of allowed_by_acl, allowed_by_default, superuser, denied_by_acl',
    );
  });

  it('is told all at once, in the order of the file', () => {
    expect(
      problemsOf(
        'setings: {}',
        'cases:',
        '  - who: jane',
        '    what: [publish,',
        '           run]',
        '    expect: maybe',
      ),
    ).toEqual([
      'c.yaml:1: there is no field `setings`; the nearest is `settings`',
      'c.yaml:3: case 1: topic: is missing',
      'c.yaml:5: case 1: what: `"run"` is not one of publish, receive, subscribe, unsubscribe',
      'c.yaml:6: case 1: expect: `"maybe"` is not one of allow, deny',
    ]);
  });

  it.each([
    ['nothing at all', [''], 'c.yaml:1: is empty; a text that begins'],
    ['a list', [`- ${GOOD}`], 'is not a mapping with `cases`'],
    ['no cases', ['settings: {}'], 'c.yaml:1: cases: is missing'],
    ['an empty list of cases', ['cases: []'], 'c.yaml:1: cases: `[]` has no cases'],
    ['cases that are none', ['cases: { a: b }'], 'c.yaml:1: cases: `{"a":"b"}` is not a list of cases'],
    [
      'settings of another type',
      ['settings: { allow-anonymous: 1 }', 'cases:', `  - ${GOOD}`],
      'c.yaml:1: settings: allow-anonymous: `1` is not one of true, false',
    ],
    [
      'a topic that is a comment',
      ['cases:', '  - who: a', '    topic: #'],
      'c.yaml:3: case 1: topic: is empty',
    ],
  ])('is told of %s', (_case, lines, problem) => {
    expect(problemsOf(...lines).join('\n')).toContain(problem);
  });

  it.each([
    ['a topic that begins with %', ['cases:', '  - who: a', '    topic: %u/x'], 'c.yaml:3: '],
    ['a field twice', ['cases:', '  - who: a', '    who: b'], 'c.yaml:3: Map keys must be unique'],
    ['two documents', ['a: 1', '---', 'b: 2'], 'c.yaml:'],
    ['an open bracket', ['cases: ['], 'c.yaml:1: '],
  ])('is told of what is no YAML: %s', (_case, lines, start) => {
    const [problem] = problemsOf(...lines);
    expect(problem?.startsWith(start)).toBe(true);
    expect(problem).toMatch(/go into quotes$/);
  });

  it('aliases that unfold into millions of values are refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join()}]`,
    );
    expect(problemsOf('a0: &a0 [x]', ...levels)[0]).toContain('alias');
  });

  it('is shown without the control characters that are in it', () => {
    const [problem] = problemsOf(
      'cases:',
      String.raw`  - { who: a, what: "\e[31m\u202e", topic: a, expect: deny }`,
    );
    expect(problem).toContain(String.raw`\u202e`);
    for (const character of ['\u001b', '\u202e']) expect(problem).not.toContain(character);
  });

  it('is cut where there is very much of it', () => {
    const problems = problemsOf(
      'cases:',
      ...Array.from({ length: 30 }, () => '  - { who: 1, what: publish, topic: a, expect: deny }'),
    );
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('and 10 more');
  });
});

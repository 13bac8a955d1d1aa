import fc from 'fast-check';
import { JsonSyntaxError, readJson } from '../../../src/json/read-json.js';

function problemOf(text: string): unknown {
  try {
    readJson(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('reading JSON', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(readJson(text).value)).toBe(
          text.replaceAll(/^\s+|\n/gm, '') && JSON.stringify(value),
        );
      }),
    );
  });

  it('refuses what JSON.parse refuses, and takes what it takes', () => {
    const fragments = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-0',
      '01',
      '1.',
      'true',
      'nul',
      '//x\n',
      ' ',
      '"\n"',
      '\u{FEFF}',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 6 }), (parts) => {
        const text = parts.join('');
        // A byte order mark is passed over at the start.
        const isJson = isParsable(text.replace(/^\uFEFF/, ''));
        expect(problemOf(text) === undefined).toBe(isJson);
      }),
      { numRuns: 2_000 },
    );
  });

  it('names the place of what is wrong', () => {
    expect(problemOf('{\n  "a": 1,\n  "b": ]\n}')).toMatchObject({ line: 3, column: 8 });
    expect(problemOf('')).toBeInstanceOf(JsonSyntaxError);
    expect(problemOf('{"a":1} x')).toMatchObject({ line: 1, column: 9 });
  });

  it('takes the first of several members of one name, and tells of the others', () => {
    expect(readJson('{"a":1,"b":{"c":2},\n"a":{"d":[3]},"b":4}')).toEqual({
      value: Object.assign(Object.create(null) as object, {
        a: 1,
        b: Object.assign(Object.create(null) as object, { c: 2 }),
      }),
      duplicates: [
        { name: 'a', line: 2, column: 1 },
        { name: 'b', line: 2, column: 15 },
      ],
    });
  });

  it('makes objects without a prototype', () => {
    const { value } = readJson('{"__proto__":{"x":1}}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  it('refuses what is nested too deeply', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(problemOf(nested(1_000))).toBeUndefined();
    expect(problemOf(nested(1_001))).toMatchObject({ line: 1, column: 1_001 });
    expect(problemOf('{"a":'.repeat(1_000_000))).toBeInstanceOf(JsonSyntaxError);
  });
});

function isParsable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

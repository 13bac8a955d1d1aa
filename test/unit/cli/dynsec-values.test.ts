import { InvalidArgumentError } from 'commander';
import { columns } from '../../../src/cli/dynsec/columns.js';
import { collect, parseAttribute, parseInteger, parseReference } from '../../../src/cli/dynsec/values.js';

describe('the values of a dynsec command line', () => {
  it.each([
    ['0', 0],
    ['+7', 7],
    ['-2147483648', -2147483648],
    ['2147483647', 2147483647],
  ])('%s is a whole number', (text, number) => {
    expect(parseInteger(text)).toBe(number);
  });

  it.each(['', ' ', '1.5', '1e3', '0x10', '2147483648', '-2147483649', '99999999999', 'five', '5 '])(
    '%j is no whole number of 32 bits',
    (text) => {
      expect(() => parseInteger(text)).toThrow(InvalidArgumentError);
    },
  );

  it.each([
    ['r', { rolename: 'r' }],
    ['r:5', { rolename: 'r', priority: 5 }],
    ['r:-5', { rolename: 'r', priority: -5 }],
    ['site:5:-1', { rolename: 'site:5', priority: -1 }],
    ['a:b', { rolename: 'a:b' }],
    ['a:', { rolename: 'a:' }],
    [':3', { rolename: '', priority: 3 }],
    ['a\nb:3', { rolename: 'a\nb', priority: 3 }],
  ])('%j is a reference', (text, reference) => {
    expect(parseReference('rolename')(text)).toEqual(reference);
  });

  it('a priority that dynsec has no room for is refused, not made a part of the name', () => {
    expect(() => parseReference('rolename')('r:99999999999')).toThrow(InvalidArgumentError);
  });

  it('an attribute is divided at its first equals sign, and has a name', () => {
    expect(parseAttribute('a=b=c')).toEqual(['a', 'b=c']);
    expect(parseAttribute('a=')).toEqual(['a', '']);
    expect(() => parseAttribute('=b')).toThrow(InvalidArgumentError);
    expect(() => parseAttribute('a')).toThrow(InvalidArgumentError);
  });

  it('a flag that comes again adds to what it said, but not to what its opposite left', () => {
    const add = collect((text) => text.toUpperCase());
    expect(add('b', add('a', undefined))).toEqual(['A', 'B']);
    expect(add('a', false)).toEqual(['A']);
  });
});

describe('columns', () => {
  it('are as wide as the widest label that has something to say', () => {
    expect(
      columns([
        ['A:', ['1', '2']],
        ['Longer:', ['3']],
        ['The longest of all:', []],
        ['B:', ['']],
      ]),
    ).toBe('A:      1\n        2\nLonger: 3\nB:\n');
  });

  it('keep every value on its line', () => {
    expect(columns([['A:', ['x\ny\u001b[2J', ' z ']]])).toBe('A: x\\u000ay\\u001b[2J\n    z \n');
  });
});

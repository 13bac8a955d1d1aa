import { Option } from 'commander';
import { parseOptionsFile } from '../../../src/cli/options-file.js';

const KNOWN = [new Option('-u, --username <name>'), new Option('--url <url>')];

const parse = (text: string | undefined) => parseOptionsFile({ path: 'options', text, isOpen: false }, KNOWN);

describe('a file of options', () => {
  it.each([
    ['-u admin', { username: 'admin' }],
    ['--username admin\n--url http://x', { username: 'admin', url: 'http://x' }],
    ['  -u\t two words \r\n', { username: 'two words' }],
    ['#-u a\n\n   \n# -u b', {}],
    ['-u a\n-u b', { username: 'b' }],
    ['-u #x', { username: '#x' }],
    ['', {}],
    [undefined, {}],
  ])('%j says what it says', (text, options) => {
    expect(parse(text)).toEqual(options);
  });

  it.each([
    ['-u', 'options file `options`, line 1: `-u` has no value'],
    ['\n -p 1883', 'options file `options`, line 2: `-p` is none of -u --username, --url'],
    [
      '--username=admin',
      'options file `options`, line 1: `--username=admin` is none of -u --username, --url',
    ],
    ['admin', 'options file `options`, line 1: `admin` is none of -u --username, --url'],
  ])('%j is refused with its line', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

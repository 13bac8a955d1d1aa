import { SecretLine } from '../../../src/cli/secret-line.js';

/** Types all of it, and tells what has become of the line. */
function typed(...keys: readonly string[]) {
  const line = new SecretLine();
  const rest = keys.map((key) => line.type(key)).join('');
  return { state: line.state, text: line.text, rest };
}

describe('a line that nobody sees', () => {
  it.each([
    ['ends with a return', ['secret\r'], { state: 'done', text: 'secret', rest: '' }],
    ['ends with a line feed', ['secret\n'], { state: 'done', text: 'secret', rest: '' }],
    ['goes on until then', ['sec', 'ret'], { state: 'open', text: 'secret', rest: '' }],
    ['leaves what comes after it', ['one\rtwo\r'], { state: 'done', text: 'one', rest: 'two\r' }],
    [
      'takes back a character, however many units it has',
      ['a\u{1f511}\u007f\r'],
      { state: 'done', text: 'a', rest: '' },
    ],
    ['takes back nothing where there is nothing', ['\b\bx\r'], { state: 'done', text: 'x', rest: '' }],
    ['begins anew at Ctrl-U', ['wrong\u0015right\r'], { state: 'done', text: 'right', rest: '' }],
    ['is given up at Ctrl-C', ['sec\u0003ret\r'], { state: 'interrupted', text: 'sec', rest: 'ret\r' }],
    ['ends without an answer at Ctrl-D', ['\u0004'], { state: 'ended', text: '', rest: '' }],
    ['goes on at Ctrl-D once something was typed', ['a\u0004b\r'], { state: 'done', text: 'ab', rest: '' }],
  ])('%s', (_behaviour, keys, expected) => {
    expect(typed(...keys)).toEqual(expected);
  });
});

/**
 * Topics for tests: every short one over a small alphabet, and random ones of the kinds that ACLs and requests
 * are made of.
 */
import * as fc from 'fast-check';

/** Every text of one to `length` symbols; a symbol may be longer than a character (`%u`). */
export function allTexts(symbols: readonly string[], length: number): string[] {
  const texts = new Set<string>();
  let longest = [''];
  for (let count = 1; count <= length; count += 1) {
    longest = longest.flatMap((text) => symbols.map((symbol) => text + symbol));
    for (const text of longest) texts.add(text);
  }
  return [...texts];
}

const PLAIN_LEVELS = ['a', 'b', 'c-1', 'a-b', '', 'é', '\u{1F600}'];
const VARIABLE_LEVELS = [
  '%u',
  '%c',
  '%{username}',
  '%{clientid}',
  '%{group}',
  '%{site}',
  '%{zone}',
  '%{missing}',
  '%{constructor}',
];
const MIXED_LEVELS = ['a-%{site}', '%{username}-b', '%{zone}c', 'x%u-%{site}', '$%{username}', '%{a%{zone}'];
const DOUBLE_LEVELS = ['%{site}%{zone}', '%{username}-%{clientid}', '%{missing}%{site}'];
const LOOKALIKE_LEVELS = [
  'x%u',
  '%U',
  '%%u',
  '%u%c',
  '%{',
  '%{}',
  '%{1a}',
  '%{si te}',
  '${site}',
  '{site}',
  '%{Site}',
];
const MALFORMED_LEVELS = ['a+', '+a', 'a#', '#a', '##', '+#', '%u+', '%{site}+', 'a+%{zone}', '%{missing}#x'];
const DOLLAR_LEVELS = ['$', '$a', '$SYS', '$CONTROL', '$CONTROLx', '$share', '$SYSx', '$sharex'];
const PREFIXES = [
  '$share/a',
  '$share/+',
  '$share//a',
  '$SYS/broker/connection',
  '$SYS/broker/connection/+/state',
];

const level = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...PLAIN_LEVELS) },
  { weight: 6, arbitrary: fc.constantFrom('+', '+', '#') },
  { weight: 6, arbitrary: fc.constantFrom(...VARIABLE_LEVELS) },
  { weight: 2, arbitrary: fc.constantFrom(...MIXED_LEVELS) },
  { weight: 1, arbitrary: fc.constantFrom(...DOUBLE_LEVELS) },
  { weight: 1, arbitrary: fc.constantFrom(...LOOKALIKE_LEVELS) },
);
const oddLevel = fc.constantFrom(...MALFORMED_LEVELS, ...DOLLAR_LEVELS, ...DOUBLE_LEVELS);

/** A topic level as requests hold them. */
export const requestLevel: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PLAIN_LEVELS) },
  { weight: 1, arbitrary: fc.constantFrom(...DOLLAR_LEVELS, 'x/y', 'alice', '+', '#', '%u', '%{site}') },
);

/** Topics at limits, on either side: of slashes, bytes and characters, of `$share` and `$CONTROL`. */
export const borderlineTopic: fc.Arbitrary<string> = fc.constantFrom(
  ...['$share/a/$CONTROL/a', '$share/a/$share/a/a', '$share/a', '$share//a', '$share//', '$CONTROL'],
  'a' + '/a'.repeat(200),
  'a' + '/a'.repeat(201),
  'é'.repeat(32_767) + 'a',
  'é'.repeat(32_768),
  ...['\0', '\u{1F}', ' ', '\u{7F}', '\u{9F}', '\u{A0}', '\u{D800}', '\u{DE00}a', '\u{FEFF}'].map(
    (text) => `a/${text}`,
  ),
  ...['\u{FDCF}', '\u{FDD0}', '\u{FDEF}', '\u{FDF0}', '\u{FFFD}', '\u{FFFE}', '\u{1FFFF}', '\u{10FFFD}'],
);

/** Topics of ACLs: mostly well-formed, with every kind of level; some malformed, empty, `$` or shared. */
export const aclTopic: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.array(level, { minLength: 1, maxLength: 4 }).map(withHashLast) },
  { weight: 1, arbitrary: fc.constantFrom('#', '+/#', '+', '', '/', '$CONTROL/#', '$share/#') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...PREFIXES), fc.array(level, { maxLength: 2 }))
      .map(([prefix, levels]) => withHashLast([prefix, ...levels])),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(level, { maxLength: 2 }), oddLevel, fc.array(level, { maxLength: 2 }))
      .map(([before, odd, after]) => [...before, odd, ...after].join('/')),
  },
);

/** Well-formed ACL topics that mean the same to every version of Mosquitto: no whole level is a variable. */
export const portableAclTopic: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .array(fc.constantFrom('a', 'b', 'a', 'b', '', 'c', 'x%u', '%U', '+', '+', '#', '$a'), {
        minLength: 1,
        maxLength: 4,
      })
      .map(withHashLast),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '#',
      '$a/#',
      '$CONTROL/#',
      '$CONTROL/+/v1',
      '$SYS/broker/connection/+/state',
      '$SYS/#',
    ),
  },
);

/** A `#` anywhere but at the end becomes `+`: most topics shall be well-formed. */
function withHashLast(levels: readonly string[]): string {
  return levels.map((text, index) => (text === '#' && index < levels.length - 1 ? '+' : text)).join('/');
}

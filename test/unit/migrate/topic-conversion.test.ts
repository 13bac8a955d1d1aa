import * as fc from 'fast-check';
import { parseTopicTemplate, substituteTemplate } from '../../../src/dynsec/topic-template.js';
import { convertTopic, putUsername, substitutedPieces } from '../../../src/migrate/topic-conversion.js';

describe('converting a topic', () => {
  it.each([
    ['a/b/+/#', 'a/b/+/#'],
    ['%u', '%u'],
    ['a/%u/%c/#', 'a/%u/%c/#'],
    ['x%u/%cy', 'x%{username}/%{clientid}y'],
    ['%%u', '%%{username}'],
    ['%U/%/%d', '%U/%/%d'],
    ['/%u/', '/%u/'],
    ['', ''],
  ])('writes `%s` as `%s`', (text, topic) => {
    expect(convertTopic(substitutedPieces(text))).toEqual({ topic, problems: [] });
  });

  it.each([
    ['a/%u%c/b', 'a/+/b', 'the level `%u%c` holds more than one variable'],
    ['%{x}%u', '+', 'the level `%{x}%u` holds braces that would be a variable in a role'],
    [
      'a/%{username}',
      'a/+',
      'the level `%{username}` stands for itself there, and would be a variable in a role',
    ],
  ])('has no template for `%s`: `%s` at the most', (text, topic, problem) => {
    expect(convertTopic(substitutedPieces(text))).toEqual({ topic, problems: [problem] });
  });

  it('takes `%u` as it stands for no variable where nothing is put in', () => {
    expect(convertTopic(['a/%u']).problems).toHaveLength(1);
    expect(convertTopic(['a/x%u'])).toEqual({ topic: 'a/x%u', problems: [] });
  });

  it('divides levels by the slashes of a user name that is put in', () => {
    const pieces = putUsername(substitutedPieces('a/x%u/%c'), 'b/c');
    expect(convertTopic(pieces)).toEqual({ topic: 'a/xb/c/%c', problems: [] });
  });

  it('means what text with the values put in means, wherever it has no problem', () => {
    const part = fc.constantFrom('%u', '%c', '%', '{', '}', 'u', 'a', '/', '/', '%{a}', '%{username}');
    const source = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    const value = fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !/[+#/\0]/.test(text));
    fc.assert(
      fc.property(source, value, value, (text, username, clientid) => {
        const { topic, problems } = convertTopic(substitutedPieces(text));
        if (problems.length > 0) return;
        const identity = { username, clientid, group: null, attributes: undefined };
        const written = substituteTemplate(parseTopicTemplate(topic, 'wildcards'), identity);
        const expected = text.replaceAll(/%u|%c/g, (variable) => (variable === '%u' ? username : clientid));
        expect(written).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

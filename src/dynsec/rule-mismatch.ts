import type { Identity } from './identity.js';
import type { Rule } from './rule.js';
import type { TopicLevels } from './topic-levels.js';
import type { TemplateLevel } from './topic-template.js';
import { substituteLevel } from './topic-template.js';

/** Says, for people, what keeps a rule from applying to a topic. */
export function describeMismatch(rule: Rule, topic: TopicLevels, identity: Identity): string {
  const { template } = rule;
  if (template.startsWithDollar !== topic.startsWithDollar) {
    return 'only one of the two begins with `$`';
  }
  for (const [at, level] of template.levels.entries()) {
    if (level.kind === 'hash') break;
    const other = topic.levels[at];
    if (other === undefined) return `the topic has no level ${String(at + 1)}`;
    const problem = describeLevel(level, other, identity);
    if (problem !== undefined) return `level ${String(at + 1)}: ${problem}`;
  }
  return describeEnd(rule, topic, identity);
}

function describeLevel(
  level: Exclude<TemplateLevel, { kind: 'hash' }>,
  other: string,
  identity: Identity,
): string | undefined {
  if (level.kind === 'malformed') return `\`${level.text}\` has a misplaced wildcard`;
  if (other === '#' && level.text !== '#') return '`#` reaches further than the rule';
  if (level.kind === 'plus') return undefined;
  if (level.kind === 'literal')
    return level.text === other ? undefined : `\`${other}\` is not \`${level.text}\``;
  const expected = substituteLevel(level, identity);
  // An unsafe value is looked at last: another level may say more.
  return expected === undefined || expected === other ? undefined : `\`${other}\` is not \`${expected}\``;
}

function describeEnd({ template }: Rule, topic: TopicLevels, identity: Identity): string {
  const isOpen = template.levels.at(-1)?.kind === 'hash';
  if (!isOpen && topic.levels.length > template.levels.length) {
    return `the topic goes on after level ${String(template.levels.length)}`;
  }
  const unsafe = template.levels.filter(
    (level) => level.kind === 'variable' && substituteLevel(level, identity) === undefined,
  );
  if (unsafe.length > 0) {
    return `\`${unsafe.map((level) => level.text).join('`, `')}\` has no safe value, and no allow applies without one`;
  }
  return 'another rule comes first';
}

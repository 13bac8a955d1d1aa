import type { Identity } from './identity.js';
import type { Rule } from './rule.js';
import type { TopicLevels } from './topic-levels.js';
import type { TemplateLevel } from './topic-template.js';
import { substituteLevel } from './topic-template.js';

/**
 * Whether Mosquitto trips over a rule with a misplaced wildcard while it compares it with a topic. Such a rule
 * never applies, but tripping ends the whole check, in a denial.
 *
 * PARITY: compared from left to right, the comparison trips over the misplaced wildcard when it gets so far, and,
 * where the two differ before that, over a `#` anywhere in what is left that is not the last character (2.1.2;
 * 2.0.11 passes over such rules).
 */
export function tripsOver(rule: Rule, topic: TopicLevels, identity: Identity): boolean {
  const { template } = rule;
  if (template.startsWithDollar !== topic.startsWithDollar) return false;
  for (const [at, level] of template.levels.entries()) {
    const other = topic.levels[at];
    if (level.kind === 'malformed' && other?.startsWith(textBeforeWildcard(level.text))) return true;
    if (other === undefined || !isEqualLevel(rule, level, other, identity)) {
      return hasInnerHash(template.levels, at);
    }
  }
  return false;
}

function textBeforeWildcard(level: string): string {
  return level.slice(0, level.search(/[+#]/));
}

function isEqualLevel(rule: Rule, level: TemplateLevel, other: string, identity: Identity): boolean {
  if (level.kind === 'plus') return other !== '#';
  if (level.kind !== 'variable') return level.text === other;
  const expected = substituteLevel(level, identity);
  // SECURITY: an unsafe value is as good as any other to a denial, and as none to an allow.
  return expected === undefined ? !rule.allow && other !== '#' : expected === other;
}

/** Whether there is a `#` from this level on that is not the very last character. */
function hasInnerHash(levels: readonly TemplateLevel[], from: number): boolean {
  const rest = levels
    .slice(from)
    .map((level) => level.text)
    .join('/');
  const at = rest.indexOf('#');
  return at !== -1 && at < rest.length - 1;
}

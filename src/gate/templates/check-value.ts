import { isMqttText } from '../../dynsec/mqtt-text.js';
import { hasWellFormedWildcards, isAclTopic } from '../../dynsec/topic.js';
import { parseTextTemplate } from '../../dynsec/topic-template.js';
import type { Allowance, TemplateParameter, TopicParameter } from './role-template.js';

/** What is wrong with the value of a parameter, or undefined where it is one that the parameter takes. */
export function problemOfValue(parameter: TemplateParameter, value: string): string | undefined {
  switch (parameter.type) {
    case 'attribute':
      return problemOfAttribute(value);
    case 'choice':
      return parameter.choices.includes(value) ? undefined : `is not one of ${parameter.choices.join(', ')}`;
    default:
      return problemOfTopic(parameter, value);
  }
}

/** Names that stand for something else in a topic template. */
const RESERVED = ['username', 'clientid', 'group'];

function problemOfAttribute(value: string): string | undefined {
  if (RESERVED.includes(value)) return 'is no attribute: every client has one of these';
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(value)
    ? undefined
    : 'is no name of an attribute: a letter, then letters, digits and `_`';
}

/** SECURITY: a value goes into the topics of rules, and would widen them by what it may not hold. */
function problemOfTopic({ type, allows }: TopicParameter, value: string): string | undefined {
  const mayHold = (what: Allowance): boolean => allows.includes(what);
  if (value === '') return 'is empty';
  if (!isMqttText(value)) return 'holds a character that no topic may hold';
  if (type === 'level' && value.includes('/')) return 'is more than one level of a topic';
  return (
    problemOfDollar(value, mayHold('$SYS')) ??
    problemOfWildcards(type, value, mayHold('wildcards')) ??
    problemOfVariables(value, mayHold('variables')) ??
    problemOfLevels(type, value)
  );
}

/** What begins with `$` is the broker's own: dynsec's commands are there, and shared subscriptions. */
function problemOfDollar(value: string, maySys: boolean): string | undefined {
  if (!value.startsWith('$') || (maySys && /^\$SYS(?:\/|$)/.test(value))) return undefined;
  return `begins with \`$\`, where the topics of the broker are${maySys ? '; only `$SYS` may be read' : ''}`;
}

function problemOfWildcards(type: TopicParameter['type'], value: string, may: boolean): string | undefined {
  if (!/[+#]/.test(value)) return undefined;
  if (!may) return 'holds a wildcard, and would reach beyond what it is for';
  if (type !== 'filter' && value.includes('#')) return 'holds `#`, which stands for more than one level';
  return hasWellFormedWildcards(value)
    ? undefined
    : 'has a misplaced wildcard: `+` and `#` stand alone in their level, `#` in the last one';
}

function problemOfVariables(value: string, may: boolean): string | undefined {
  const level = value.split('/').find((text) => text.includes('%') && !(may && isVariable(text)));
  if (level === undefined) return undefined;
  return may
    ? `holds \`%\` in \`${level}\`, which is no variable: \`%u\`, \`%c\` or \`%{name}\`, one a level`
    : 'holds `%`, which begins a variable';
}

function isVariable(text: string): boolean {
  const level = parseTextTemplate(text);
  if (level.kind !== 'variable' || level.variable === null) return false;
  return !`${level.prefix}${level.suffix}`.includes('%');
}

/** A slash in front is how some write their topics; one at the end, or two of them, is a slip. */
function problemOfLevels(type: TopicParameter['type'], value: string): string | undefined {
  if (type === 'prefix' && /\/$|.\/\//.test(value)) return 'has an empty level';
  return isAclTopic(value) ? undefined : 'is too long for a topic, or has too many levels';
}

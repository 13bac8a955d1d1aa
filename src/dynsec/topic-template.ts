import type { Identity, Variable } from './identity.js';
import { safeValue } from './identity.js';
import { isWellFormedLevel } from './topic.js';

/** A level that holds a variable, with the text around it: `dev-%{clientid}`. */
export interface VariableLevel {
  readonly kind: 'variable';
  readonly text: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Null: more than one variable, which could let `a` + `b-c` and `a-b` + `c` meet; no value ever fits. */
  readonly variable: Variable | null;
}

/** One level of a topic template. */
export type TemplateLevel =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'plus'; readonly text: '+' }
  | { readonly kind: 'hash'; readonly text: '#' }
  /** A wildcard where none may stand (`foo+`, `#` before the end): see `malformed-acl.ts`. */
  | { readonly kind: 'malformed'; readonly text: string }
  | VariableLevel;

/** The topic of an ACL, taken apart. */
export interface TopicTemplate {
  readonly text: string;
  readonly levels: readonly TemplateLevel[];
  readonly hasVariables: boolean;
  /** No level is malformed. */
  readonly isWellFormed: boolean;
  /** PARITY: the `$` rule looks at the text of the template, before anything is put in (2.1.2). */
  readonly startsWithDollar: boolean;
}

/** How a template reads `+` and `#`: as wildcards, or, in the literal ACL types, as plain characters. */
export type WildcardReading = 'wildcards' | 'plain';

/** Takes a topic template apart. Total: every text is a template, if need be one that never matches. */
export function parseTopicTemplate(text: string, reading: WildcardReading): TopicTemplate {
  const parts = text.split('/');
  const levels = parts.map((part, i) => parseLevel(part, i === parts.length - 1, reading));
  return {
    text,
    levels,
    hasVariables: levels.some((level) => level.kind === 'variable'),
    isWellFormed: !levels.some((level) => level.kind === 'malformed'),
    startsWithDollar: text.startsWith('$'),
  };
}

function parseLevel(text: string, isLast: boolean, reading: WildcardReading): TemplateLevel {
  if (reading === 'wildcards') {
    if (text === '+') return { kind: 'plus', text };
    if (!isWellFormedLevel(text, isLast)) return { kind: 'malformed', text };
    if (text === '#') return { kind: 'hash', text };
  }
  return parseTextTemplate(text);
}

/** `%{NAME}` anywhere in a level; names are matched in their exact case. */
const BRACED = /%\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/** Takes one text apart in which a variable may stand: wildcards and slashes are plain characters here. */
export function parseTextTemplate(text: string): TemplateLevel {
  if (!text.includes('%')) return { kind: 'literal', text };
  if (text === '%u') return { kind: 'variable', text, prefix: '', suffix: '', variable: 'username' };
  if (text === '%c') return { kind: 'variable', text, prefix: '', suffix: '', variable: 'clientid' };
  const [first, second] = text.matchAll(BRACED);
  if (!first) return { kind: 'literal', text };
  return {
    kind: 'variable',
    text,
    prefix: text.slice(0, first.index),
    suffix: text.slice(first.index + first[0].length),
    variable: second ? null : variableNamed(first[1] ?? ''),
  };
}

function variableNamed(name: string): Variable {
  return name === 'username' || name === 'clientid' || name === 'group' ? name : { attribute: name };
}

/** What a variable level stands for with this identity, or undefined where no safe value fits. */
export function substituteLevel(level: VariableLevel, identity: Identity): string | undefined {
  if (level.variable === null) return undefined;
  const value = safeValue(identity, level.variable);
  return value === undefined ? undefined : level.prefix + value + level.suffix;
}

/** The text after substitution, for people: a level without a safe value is shown as `+`, which is how a deny reads it. */
export function substituteTemplate(template: TopicTemplate, identity: Identity): string {
  if (!template.hasVariables) return template.text;
  return template.levels
    .map((level) => (level.kind === 'variable' ? (substituteLevel(level, identity) ?? '+') : level.text))
    .join('/');
}

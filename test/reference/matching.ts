/**
 * Whether one ACL is about one topic name or topic filter, level by level (dynsec specification 5.3 to 5.6, and
 * the variables and unsafe values that Gatehouse adds).
 */
import type { Acl } from '../../src/dynsec/entities.js';

/** `broken`: the comparison ran into a wildcard where none may be, and the whole check ends in a denial. */
export type Comparison = 'match' | 'differ' | 'broken';

/** Whose values the variables of an ACL stand for; undefined where there is none. */
export interface Identity {
  readonly username: string | undefined;
  readonly clientid: string | undefined;
  /** The group through which the role was reached. */
  readonly group: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What one level of an ACL stands for: a text, any level (`+`), or nothing that could ever be there. */
type Meaning = { readonly text: string } | 'any' | 'none';

const BRACES = /%\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/** Whether any level of the ACL topic stands for something else than itself (wildcards aside). */
export function hasVariables(aclTopic: string): boolean {
  return aclTopic.split('/').some((level) => variablesOf(level).length > 0);
}

/** Compares an ACL whose `+` and `#` are wildcards. */
export function comparePattern(acl: Acl, topic: string, who: Identity): Comparison {
  if (acl.topic.startsWith('$') !== topic.startsWith('$')) return 'differ';
  const aclLevels = acl.topic.split('/');
  const topicLevels = topic.split('/');
  for (const [index, aclLevel] of aclLevels.entries()) {
    if (aclLevel === '#' && index === aclLevels.length - 1) return 'match';
    const result = comparePatternLevel(acl, aclLevel, topicLevels[index], who);
    if (result === 'broken') return 'broken';
    if (result === 'differ') return afterDifference(aclLevels.slice(index).join('/'));
  }
  return topicLevels.length === aclLevels.length ? 'match' : 'differ';
}

/** Compares a literal ACL that has variables: `+` and `#` stand for themselves. */
export function compareTemplatedLiteral(acl: Acl, filter: string, who: Identity): Comparison {
  if (acl.topic.startsWith('$') !== filter.startsWith('$')) return 'differ';
  const aclLevels = acl.topic.split('/');
  const levels = filter.split('/');
  const isSame =
    aclLevels.length === levels.length &&
    aclLevels.every((aclLevel, index) => isMeant(meaningOf(acl, aclLevel, who), levels[index]));
  return isSame ? 'match' : 'differ';
}

/** The level of a topic is undefined where the topic has ended. */
function comparePatternLevel(
  acl: Acl,
  aclLevel: string,
  level: string | undefined,
  who: Identity,
): Comparison {
  if (level === undefined) return 'differ';
  if (aclLevel === '+') return isMeant('any', level) ? 'match' : 'differ';
  // A level with a misplaced wildcard is plain text up to it: its variables, if it has any, stand for themselves.
  if (/[+#]/.test(aclLevel)) return level.startsWith(aclLevel.replace(/[+#].*$/s, '')) ? 'broken' : 'differ';
  return isMeant(meaningOf(acl, aclLevel, who), level) ? 'match' : 'differ';
}

/** Once something differed, a `#` that is not the last character of what remains still ends the check. */
function afterDifference(remaining: string): Comparison {
  return remaining.slice(0, -1).includes('#') ? 'broken' : 'differ';
}

function isMeant(meaning: Meaning, level: string | undefined): boolean {
  if (level === undefined || meaning === 'none') return false;
  return meaning === 'any' ? level !== '#' : level === meaning.text;
}

/** A level whose value is missing or unsafe fits nothing in an allow, and everything in a deny. */
function meaningOf(acl: Acl, aclLevel: string, who: Identity): Meaning {
  const variables = variablesOf(aclLevel);
  const [variable] = variables;
  if (variable === undefined) return { text: aclLevel };
  const value = variables.length === 1 ? valueOf(variable.name, who) : undefined;
  if (value === undefined || value === '' || /[+#/\0]/.test(value)) return acl.allow ? 'none' : 'any';
  return { text: aclLevel.split(variable.text).join(value) };
}

function variablesOf(aclLevel: string): { readonly text: string; readonly name: string }[] {
  if (aclLevel === '%u') return [{ text: '%u', name: 'username' }];
  if (aclLevel === '%c') return [{ text: '%c', name: 'clientid' }];
  return [...aclLevel.matchAll(BRACES)].map(([text, name = '']) => ({ text, name }));
}

function valueOf(name: string, who: Identity): string | undefined {
  if (name === 'username') return who.username;
  if (name === 'clientid') return who.clientid;
  if (name === 'group') return who.group;
  return who.attributes.get(name);
}

import type { Findings } from '../findings.js';
import type { SourceText } from '../migration.js';
import type { SourceLine } from '../source-lines.js';
import { sourceLines } from '../source-lines.js';
import { textProblem, usernameProblem } from '../source-problems.js';

/** What a password file says of one user. */
export interface FileUser {
  readonly encoded: string;
  readonly place: string;
}

/** What a line of an ACL file grants or denies. */
export type FileAccess = 'read' | 'write' | 'readwrite' | 'subscribe' | 'deny';

/** A line of an ACL file with a topic. */
export interface FileRule {
  readonly place: string;
  /** Null: everybody. */
  readonly user: string | null;
  readonly access: FileAccess;
  /** As it stands there: it need not be a topic filter. */
  readonly topic: string;
}

/**
 * Reads the password file of the files backend. PARITY: nothing is trimmed, the last entry for a user counts, and a
 * line that is not two parts with one colon is passed over (go-auth 3.0.0).
 */
export function parseFileUsers(file: SourceText, findings: Findings): ReadonlyMap<string, FileUser> {
  const users = new Map<string, FileUser>();
  for (const { place, text } of contentLines(file)) {
    const [username = '', encoded, ...more] = text.split(':');
    if (encoded === undefined || more.length > 0) {
      findings.note(place, 'not `<user>:<hash>`: mosquitto-go-auth passes over it, too');
      continue;
    }
    const problem = usernameProblem(username) ?? textProblem(username);
    if (problem !== undefined) findings.lost(place, problem);
    else {
      const earlier = users.get(username);
      if (earlier)
        findings.note(earlier.place, `\`${username}\` is there more than once: \`${place}\` counts`);
      users.set(username, { encoded, place });
    }
  }
  return users;
}

/**
 * Reads the ACL file of the files backend. PARITY: a pattern, and a topic before the first user line, is about
 * everybody; the rules of users who are not in the password file are passed over, where there is one (go-auth 3.0.0).
 */
export function parseFileRules(
  file: SourceText,
  users: ReadonlyMap<string, unknown> | undefined,
  findings: Findings,
): readonly FileRule[] {
  const rules: FileRule[] = [];
  let user: string | null | undefined = null;
  for (const { place, text } of contentLines(file)) {
    const [keyword, rest] = splitKeyword(text.trim());
    const refuse = (problem: string): void =>
      findings.lost(place, `${problem}; mosquitto-go-auth does not start with it`);
    const unreadable = textProblem(rest);
    if (unreadable !== undefined) {
      findings.lost(place, unreadable);
      if (keyword === 'user') user = undefined;
    } else if (keyword === 'user') {
      const problem = usernameProblem(rest);
      if (problem !== undefined) refuse(problem);
      else if (users && !users.has(rest)) {
        findings.note(place, `\`${rest}\` has no password: mosquitto-go-auth passes over its rules, too`);
      }
      user = problem === undefined && (!users || users.has(rest)) ? rest : undefined;
    } else if (keyword === 'topic' || keyword === 'pattern') {
      const rule = readRule(rest);
      if (typeof rule === 'string') refuse(rule);
      else if (keyword === 'pattern') rules.push({ place, user: null, ...rule });
      else if (user !== undefined) rules.push({ place, user, ...rule });
    } else if (keyword !== '') refuse(`\`${keyword}\` is none of topic, user and pattern`);
  }
  return rules;
}

function splitKeyword(line: string): readonly [string, string] {
  const [keyword = ''] = line.split(/\s/, 1);
  return [keyword, line.slice(keyword.length).trim()];
}

const ACCESSES: readonly string[] = [
  'read',
  'write',
  'readwrite',
  'subscribe',
  'deny',
] satisfies FileAccess[];

function isAccess(word: string): word is FileAccess {
  return ACCESSES.includes(word);
}

/** A rule, or why there is none. The access may be left out where the topic is one word; spaces part the two. */
function readRule(rest: string): Pick<FileRule, 'access' | 'topic'> | string {
  const isBare = !/\s/.test(rest);
  const [access = ''] = isBare ? ['readwrite'] : rest.split(' ', 1);
  if (!isAccess(access)) return `\`${access}\` is no access`;
  const topic = isBare ? rest : rest.slice(access.length).trim();
  return topic === '' ? 'the topic is empty' : { access, topic };
}

/** PARITY: a comment begins with the first character of its line, and blank lines hold nothing but spaces. */
function contentLines(file: SourceText): readonly SourceLine[] {
  return sourceLines(file)
    .map(({ place, text }) => ({ place, text: text.replace(/\r$/, '') }))
    .filter(({ text }) => !text.startsWith('#') && text.replaceAll(' ', '') !== '');
}

import type { Findings } from '../findings.js';
import type { SourceText } from '../migration.js';
import { sourceLines, trimBlanks } from '../source-lines.js';
import { textProblem, topicProblem, usernameProblem } from '../source-problems.js';

/** What a line of an ACL file grants or denies. */
export type AclFileAccess = 'read' | 'write' | 'readwrite' | 'deny';

/** A line with a topic. */
export interface AclFileRule {
  readonly place: string;
  /** `topic` is about one user, `pattern` about everybody. */
  readonly kind: 'topic' | 'pattern';
  /** Under which `user` line it stands; null before the first, and for a pattern. */
  readonly user: string | null;
  readonly access: AclFileAccess;
  readonly topic: string;
}

/**
 * Reads an `acl_file`, white space and all as Mosquitto 2.0.11 does. A line with which Mosquitto does not start is
 * reported and passed over; after a `user` line of that kind so are the `topic` lines up to the next one.
 */
export function parseAclFile(file: SourceText, findings: Findings): readonly AclFileRule[] {
  const rules: AclFileRule[] = [];
  let user: string | null | undefined = null;
  for (const { place, text } of sourceLines(file)) {
    if (text.startsWith('#')) continue;
    const [keyword, rest] = splitWord(trimEnd(text));
    const refuse = (problem: string): void =>
      findings.lost(place, `${problem}; Mosquitto does not start with it`);
    const unreadable = textProblem(trimBlanks(rest));
    if (unreadable !== undefined) {
      findings.lost(place, unreadable);
      if (keyword === 'user') user = undefined;
    } else if (keyword === 'user') {
      const problem = usernameProblem(trimBlanks(rest));
      if (problem !== undefined) refuse(problem);
      user = problem === undefined ? trimBlanks(rest) : undefined;
    } else if (keyword === 'topic' || keyword === 'pattern') {
      const rule = readRule(rest);
      if (typeof rule === 'string') refuse(rule);
      else if (keyword === 'pattern') rules.push({ place, kind: keyword, user: null, ...rule });
      else if (user !== undefined) rules.push({ place, kind: keyword, user, ...rule });
    } else if (keyword !== '') refuse(`\`${keyword}\` is none of topic, user and pattern`);
  }
  return rules;
}

const ACCESSES: readonly string[] = ['read', 'write', 'readwrite', 'deny'] satisfies AclFileAccess[];

function isAccess(word: string): word is AclFileAccess {
  return ACCESSES.includes(word);
}

/** A rule, or why there is none. The access may be left out where the topic is one word. */
function readRule(rest: string): Pick<AclFileRule, 'access' | 'topic'> | string {
  const [word, remainder] = splitWord(rest);
  const isBare = remainder === '';
  const access = isBare ? 'readwrite' : word;
  if (!isAccess(access)) return `\`${access}\` is no access`;
  const topic = isBare ? word : trimBlanks(remainder);
  return topicProblem(topic) ?? { access, topic };
}

/** The first word, words being parted by spaces and nothing else, and what follows the space after it. */
function splitWord(text: string): readonly [string, string] {
  const start = text.replace(/^ +/, '');
  const end = start.indexOf(' ');
  return end === -1 ? [start, ''] : [start.slice(0, end), start.slice(end + 1)];
}

function trimEnd(text: string): string {
  return text.replace(/[ \t\n\v\f\r]+$/, '');
}

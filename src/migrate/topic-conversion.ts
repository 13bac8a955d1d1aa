import { parseTextTemplate } from '../dynsec/topic-template.js';

/** A variable of a topic in one of the sources: `%u` or `%c`, anywhere in a level. */
export interface SourceVariable {
  readonly variable: 'username' | 'clientid';
}

/** What a topic in one of the sources is made of: text that stands for itself, and variables. */
export type TopicPiece = string | SourceVariable;

/** A topic as a role can have it. */
export interface ConvertedTopic {
  /** A topic template; a level that no template can express is `+` in it. */
  readonly topic: string;
  /** Why levels could not be expressed. Empty: the template means what the source meant. */
  readonly problems: readonly string[];
}

/** A topic in which `%u` and `%c` stand for values wherever they are, in a part of a level too. */
export function substitutedPieces(text: string): readonly TopicPiece[] {
  return text.split(/(%[uc])/).map((part) => {
    if (part === '%u') return { variable: 'username' };
    return part === '%c' ? { variable: 'clientid' } : part;
  });
}

/** A topic with a user name put in, which may well have slashes: they divide levels like any others. */
export function putUsername(pieces: readonly TopicPiece[], username: string): readonly TopicPiece[] {
  return pieces.map((piece) => (isVariable(piece, 'username') ? username : piece));
}

/** Whether a topic depends on the user name. */
export function holdsUsername(pieces: readonly TopicPiece[]): boolean {
  return pieces.some((piece) => isVariable(piece, 'username'));
}

/** Whether a topic depends on the client id. */
export function holdsClientId(pieces: readonly TopicPiece[]): boolean {
  return pieces.some((piece) => isVariable(piece, 'clientid'));
}

function isVariable(piece: TopicPiece, variable: SourceVariable['variable']): boolean {
  return typeof piece !== 'string' && piece.variable === variable;
}

/** Writes a topic as a template: `%u` and `%c` where they are whole levels, `%{username}` elsewhere. Total. */
export function convertTopic(pieces: readonly TopicPiece[]): ConvertedTopic {
  const levels = levelsOf(pieces).map(convertLevel);
  return {
    topic: levels.map(({ text }) => text).join('/'),
    problems: levels.flatMap(({ problem }) => problem ?? []),
  };
}

function levelsOf(pieces: readonly TopicPiece[]): readonly (readonly TopicPiece[])[] {
  let level: TopicPiece[] = [];
  const levels = [level];
  for (const piece of pieces) {
    const [first, ...others] = typeof piece === 'string' ? piece.split('/') : [piece];
    if (first) level.push(first);
    for (const other of others) {
      level = other ? [other] : [];
      levels.push(level);
    }
  }
  return levels;
}

interface ConvertedLevel {
  readonly text: string;
  readonly problem?: string;
}

function convertLevel(pieces: readonly TopicPiece[]): ConvertedLevel {
  const variables = pieces.filter((piece) => typeof piece !== 'string');
  if (variables.length > 1) {
    return { text: '+', problem: `the level \`${sourceText(pieces)}\` holds more than one variable` };
  }
  const [variable] = variables;
  return variable === undefined ? literalLevel(sourceText(pieces)) : variableLevel(pieces, variable);
}

function literalLevel(text: string): ConvertedLevel {
  if (parseTextTemplate(text).kind !== 'variable') return { text };
  return {
    text: '+',
    problem: `the level \`${text}\` stands for itself there, and would be a variable in a role`,
  };
}

/** Text around a variable may look like another variable to whoever reads the template: so it is read back. */
function variableLevel(pieces: readonly TopicPiece[], { variable }: SourceVariable): ConvertedLevel {
  if (pieces.length === 1) return { text: variable === 'username' ? '%u' : '%c' };
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : `%{${piece.variable}}`)).join('');
  const read = parseTextTemplate(text);
  if (read.kind === 'variable' && read.variable === variable) return { text };
  const problem = `the level \`${sourceText(pieces)}\` holds braces that would be a variable in a role`;
  return { text: '+', problem };
}

function sourceText(pieces: readonly TopicPiece[]): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : piece.variable === 'username' ? '%u' : '%c'))
    .join('');
}

import type { SourceText } from './migration.js';

/** A line of a file, and where it is. */
export interface SourceLine {
  /** `file:line`. */
  readonly place: string;
  /** Without the line end. */
  readonly text: string;
}

/** The lines of a file. */
export function sourceLines({ name, text }: SourceText): readonly SourceLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, i) => ({ place: `${name}:${i + 1}`, text: line }));
}

/** What C's `isspace` takes for white space: no more than ASCII. */
const ENDS = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

/** A text without white space at its ends, as C programs trim it. */
export function trimBlanks(text: string): string {
  return text.replace(ENDS, '');
}

const SHOWN_LENGTH = 100;

/** A value as a message shows it: in backticks, on one line, cut where it is long. */
export function shown(value: string): string {
  return `\`${visible(value)}\``;
}

/** A text with what is invisible escaped, cut where it is long. */
export function visible(text: string): string {
  const escaped = text.slice(0, SHOWN_LENGTH).replace(INVISIBLE, escapeCharacter);
  return text.length > SHOWN_LENGTH ? `${escaped}...` : escaped;
}

/** Control and format characters, halves of pairs, and what separates lines. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

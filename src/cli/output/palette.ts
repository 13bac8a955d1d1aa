/** Colours of a terminal, or none: each wraps a text. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** @param hasColours false: every text stays as it is. */
export function createPalette(hasColours: boolean): Palette {
  const style = (start: number, end: number) => (text: string) =>
    hasColours ? `\u001b[${start}m${text}\u001b[${end}m` : text;
  return {
    good: style(32, 39),
    bad: style(31, 39),
    caution: style(33, 39),
    strong: style(1, 22),
    faint: style(2, 22),
  };
}

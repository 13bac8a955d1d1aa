import { InvalidArgumentError } from 'commander';

const MAX_INTEGER = 2 ** 31 - 1;

/** A whole number within dynsec's 32 bits. @throws InvalidArgumentError */
export function parseInteger(text: string): number {
  const number = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= -MAX_INTEGER - 1 && number <= MAX_INTEGER) return number;
  throw new InvalidArgumentError('It is not a whole number of 32 bits.');
}

/** `allow` or `deny`, in any case. @throws InvalidArgumentError */
export function parseAllow(text: string): boolean {
  return parseWord(['allow', 'deny'])(text) === 'allow';
}

/** `true` or `false`, in any case. @throws InvalidArgumentError */
export function parseBoolean(text: string): boolean {
  return parseWord(['true', 'false'])(text) === 'true';
}

/** Finds a word among those that there are, in any case, and gives it as it is spelled there. */
export function parseWord<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It is none of ${words.join(', ')}.`);
  };
}

/** Collects what a flag says that may be given several times. */
export function collect<Value>(
  parse: (text: string) => Value,
): (text: string, previous: unknown) => readonly Value[] {
  // False is what the opposite of the flag has left.
  return (text, previous) => [...(Array.isArray(previous) ? (previous as Value[]) : []), parse(text)];
}

/**
 * `NAME` or `NAME:PRIORITY`, as a reference. What follows the last colon is a priority if it is a whole number; so a
 * name that ends like that is written with a priority of its own, `site:5:-1`.
 */
export function parseReference(member: string): (text: string) => Readonly<Record<string, unknown>> {
  return (text) => {
    const [, name, priority] = /^(.*):([+-]?\d+)$/s.exec(text) ?? [];
    if (name === undefined || priority === undefined) return { [member]: text };
    return { [member]: name, priority: parseInteger(priority) };
  };
}

/** `NAME=VALUE`. @throws InvalidArgumentError */
export function parseAttribute(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidArgumentError('It is not NAME=VALUE.');
}

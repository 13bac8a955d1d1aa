/** What of a JSON value may stand in a message. */
export type Scalar = string | number | boolean | null;

/** How much of a text is shown. */
const SHOWN_LENGTH = 100;

/**
 * The value itself where it is a scalar, cut where it is long; undefined for lists, objects and nothing.
 * SECURITY: what is inside of a list or an object is nobody's business here: it may be deep, and it may be a secret.
 */
export function scalarOf(value: unknown): Scalar | undefined {
  if (typeof value === 'string') {
    return value.length <= SHOWN_LENGTH ? value : `${value.slice(0, SHOWN_LENGTH - 3)}...`;
  }
  const isScalar = value === null || typeof value === 'number' || typeof value === 'boolean';
  return isScalar ? value : undefined;
}

/** A value as a message shows it: JSON in backticks, or what kind of value it is. */
export function showValue(value: unknown): string {
  const scalar = scalarOf(value);
  if (scalar !== undefined) return `\`${JSON.stringify(scalar)}\``;
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : 'an object';
}

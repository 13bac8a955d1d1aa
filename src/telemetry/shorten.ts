/** How much of a name or a topic is kept and written; longer ones that begin alike are taken as one. */
const MAX_LENGTH = 256;

/**
 * A text from outside, which may have 65,535 bytes, at a length that can be kept.
 * SECURITY: always a copy; what came out of a request may be a slice of it, which would keep all of it, password included.
 */
export function shorten(text: string): string {
  const kept = Buffer.from(text.slice(0, MAX_LENGTH)).toString();
  return text.length <= MAX_LENGTH ? kept : `${kept}...`;
}

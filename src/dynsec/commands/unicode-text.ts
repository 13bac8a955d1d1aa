const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a string is a text that a document can hold and every reader of it reads alike. */
export function isUnicodeText(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * A text that dynsec does not look into, ready to be stored: what was no UTF-8 in the request becomes U+FFFD.
 * Escaped as it came, Mosquitto could not load the document that holds it, and would run without any.
 */
export function toUnicodeText(text: string): string {
  return isUnicodeText(text) ? text : text.replace(/\p{Surrogate}/gu, '\ufffd');
}

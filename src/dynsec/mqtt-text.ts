/**
 * Whether a string is UTF-8 in MQTT's sense, as Mosquitto checks names and topics: no control characters,
 * no unpaired surrogates, none of Unicode's non-characters ([MQTT-1.5.4-1], and beyond it what Mosquitto refuses).
 */
export function isMqttText(text: string): boolean {
  // The unit classes below U+D800 are fine and by far the most: one scan finds whether there is anything else.
  return !SUSPECT.test(text) || everyCodePointAllowed(text);
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/;

function everyCodePointAllowed(text: string): boolean {
  for (const character of text) {
    if (isRefused(character.codePointAt(0) ?? 0)) return false;
  }
  return true;
}

function isRefused(codePoint: number): boolean {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0x9f)) return true;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return true;
  if (codePoint >= 0xfdd0 && codePoint <= 0xfdef) return true;
  return (codePoint & 0xfffe) === 0xfffe;
}

/** How many bytes a string has as UTF-8; an unpaired surrogate counts as three. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Two units of a pair make four bytes together: two each.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

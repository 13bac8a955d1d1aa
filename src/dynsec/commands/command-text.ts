/** The bytes that no UTF-8 explains stand at this and the next 127 code units, which no UTF-8 means. */
const ESCAPED_BYTES = 0xdc00;

/**
 * The text of a request. A byte that is no UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, which no name and no
 * topic may hold: so the member that holds it is refused by its name, as dynsec does, and the others are not.
 */
export function decodeCommandText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeLeniently(bytes);
  }
}

function decodeLeniently(bytes: Uint8Array): string {
  const characters: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    characters.push(
      length === 0
        ? String.fromCharCode(ESCAPED_BYTES + byteAt(bytes, at))
        : String.fromCodePoint(codePoint(bytes, at, length)),
    );
    at += length || 1;
  }
  return characters.join('');
}

/**
 * Whether an escape in a JSON text stands for a lone surrogate.
 * PARITY: such a text is `Payload not valid JSON`, not just the member that holds it (2.0.11 and 2.1.2).
 */
export function hasLoneSurrogateEscape(json: string): boolean {
  // A pair, any other escape, or what is left: a surrogate on its own. `\\\\ud800` is an escaped backslash and text.
  for (const [escape] of json.matchAll(
    /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\(?:u.{4}|.)/gs,
  )) {
    if (escape.length === 6 && /^\\u[dD][89a-fA-F]/.test(escape)) return true;
  }
  return false;
}

/** How many bytes the character that begins here has, or 0 where none does (RFC 3629). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = byteAt(bytes, at);
  const length = lengthByLead(lead);
  for (let i = 1; i < length; i++) if ((byteAt(bytes, at + i) & 0xc0) !== 0x80) return 0;
  if (length < 3) return length;
  const point = codePoint(bytes, at, length);
  if (length === 4) return point < 0x10000 || point > 0x10ffff ? 0 : length;
  return point < 0x800 || (point >= 0xd800 && point <= 0xdfff) ? 0 : length;
}

function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1;
  // 0xc0 and 0xc1 would be longer than need be.
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let point = byteAt(bytes, at) & (0xff >> (length === 1 ? 1 : length + 1));
  for (let i = 1; i < length; i++) point = (point << 6) | (byteAt(bytes, at + i) & 0x3f);
  return point;
}

/** Past the end there is nothing that could continue a character. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** The bytes of standard base64 with its padding, or undefined for anything else, spare bits that are set included. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? ownBytes(bytes) : undefined;
}

/** The bytes of standard base64 without padding, as in PHC strings, or undefined for anything else. */
export function decodeUnpaddedBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeUnpaddedBase64(bytes) === text ? ownBytes(bytes) : undefined;
}

/** Standard base64 without padding. */
export function encodeUnpaddedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** A small Buffer is a window on memory that many share, and all of that would go along to a thread. */
function ownBytes(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes);
}

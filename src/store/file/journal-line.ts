import { sha256 } from './sha256.js';

/** Hexadecimal digits of a SHA-256: whether a line is as it was written is all that they tell. */
const CHECKSUM_LENGTH = 16;

/** A line of a journal: a checksum, a space, JSON, which holds no line feed, and a line feed. */
export function encodeLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksumOf(json)} ${json}\n`;
}

/** @param line without its line feed. @returns undefined where it is not as it was written. */
export function decodeLine(line: Buffer): { readonly value: unknown } | undefined {
  const json = line.subarray(CHECKSUM_LENGTH + 1);
  if (line.subarray(0, CHECKSUM_LENGTH + 1).toString('latin1') !== `${checksumOf(json)} `) return undefined;
  return { value: JSON.parse(json.toString('utf8')) };
}

function checksumOf(json: Buffer | string): string {
  return sha256(json).slice(0, CHECKSUM_LENGTH);
}

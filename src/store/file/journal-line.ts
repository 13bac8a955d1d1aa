import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** Hexadecimal digits of a SHA-256: whether a line is as it was written is all that they tell. */
const CHECKSUM_LENGTH = 16;

/** Characters that are made at once: a few milliseconds of work. */
const PIECE = 128 * 1024;

/**
 * A line of a journal: a checksum, a space, JSON, which holds no line feed, and a line feed.
 * @param pieces of the JSON.
 */
export function encodeLine(pieces: Iterable<string>): string {
  const json = [...pieces].join('');
  return `${checksumOf(createHash('sha256').update(json))} ${json}\n`;
}

/** The same of what may be long, as the change of a whole document is: others can work in between. */
export async function encodeLongLine(pieces: Iterable<string>): Promise<Buffer> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  const add = (text: string): void => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    parts.push(bytes);
  };
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE) continue;
    add(text);
    text = '';
    await setImmediate();
  }
  add(text);
  return Buffer.concat([Buffer.from(`${checksumOf(hash)} `), ...parts, Buffer.from('\n')]);
}

/** @param line without its line feed. @returns undefined where it is not as it was written. */
export function decodeLine(line: Buffer): { readonly value: unknown } | undefined {
  const json = line.subarray(CHECKSUM_LENGTH + 1);
  const checksum = checksumOf(createHash('sha256').update(json));
  if (line.subarray(0, CHECKSUM_LENGTH + 1).toString('latin1') !== `${checksum} `) return undefined;
  return { value: JSON.parse(json.toString('utf8')) };
}

function checksumOf(hash: Hash): string {
  return hash.digest('hex').slice(0, CHECKSUM_LENGTH);
}

import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { RecordError } from '../../dynsec/records/errors.js';
import { DocumentError } from './errors.js';
import type { JournalHeader, JournalLine } from './journal-format.js';
import { decodeHeader, decodeJournalLine } from './journal-format.js';
import { decodeLine } from './journal-line.js';
import { codeOf, messageOf } from '../system-error.js';

/** Which file it is, and how long. */
export interface FileIdentity {
  readonly ino: bigint;
  readonly size: number;
}

/** A journal that was read. */
export interface ReadJournal {
  readonly header: JournalHeader;
  readonly lines: readonly JournalLine[];
}

/** What was found in the place of a journal. */
export interface FoundJournal {
  readonly file: FileIdentity;
  /** Undefined where nothing was ever written to it as a whole. */
  readonly journal: ReadJournal | undefined;
  /** How many bytes of it are good: what follows is the beginning of a line that was never finished. */
  readonly goodBytes: number;
}

const LINE_FEED = 0x0a;

/**
 * Reads a journal; undefined where there is none.
 * @param limit bytes behind this one do not count.
 * @throws DocumentError where something is damaged that is not the end of what was being written.
 */
export async function readJournal(path: string, limit = Infinity): Promise<FoundJournal | undefined> {
  const read = await readIdentified(path);
  if (!read) return undefined;
  const { lines, goodBytes } = splitLines(read.bytes.subarray(0, limit), path);
  const [first, ...rest] = lines;
  if (first === undefined) return { file: read.file, journal: undefined, goodBytes };
  const header = decoded(path, 1, () => decodeHeader(first));
  const journal = {
    header,
    lines: rest.map((line, i) => decoded(path, i + 2, () => decodeJournalLine(line))),
  };
  requireOneHistory(journal, path);
  return { file: read.file, journal, goodBytes };
}

/** Which file is open, and how long it is. */
export async function identify(handle: FileHandle): Promise<FileIdentity> {
  const { ino, size } = await handle.stat({ bigint: true });
  return { ino, size: Number(size) };
}

async function readIdentified(
  path: string,
): Promise<{ readonly bytes: Buffer; readonly file: FileIdentity } | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const file = await identify(handle);
      const bytes = await handle.readFile();
      // What was added meanwhile belongs to the next look.
      return { bytes: bytes.subarray(0, file.size), file };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new DocumentError(path, messageOf(cause), { cause });
  }
}

interface SplitLines {
  readonly lines: readonly unknown[];
  readonly goodBytes: number;
}

/**
 * A line is acknowledged when it is on the disk as a whole, so that a bad one at the very end is the rest of a write
 * that nobody was told of. A bad one before a good one is damage.
 */
function splitLines(bytes: Buffer, path: string): SplitLines {
  const lines: unknown[] = [];
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    const line = decodeLine(bytes.subarray(start, end));
    if (!line) {
      if (end + 1 === bytes.length) break;
      throw damaged(path, lines.length + 1, 'is not as it was written');
    }
    lines.push(line.value);
    start = end + 1;
  }
  return { lines, goodBytes: start };
}

/**
 * Every change names the revision before it. INVARIANT: no line is missing in the middle; a revision that more than
 * one change names as the one before it was written by two processes at once, and both of them have been answered.
 */
function requireOneHistory({ header, lines }: ReadJournal, path: string): void {
  const known = new Set([header.contained.revision]);
  for (const [i, { change, writes, contained }] of lines.entries()) {
    // The oldest change that the header has brought along names one that is not there any more.
    if (change && i === 0 && !writes) known.add(change.previous);
    for (const named of [change?.previous, contained?.revision]) {
      if (named === undefined || known.has(named)) continue;
      throw damaged(path, i + 2, `names the revision \`${named}\`, which is not there`);
    }
    if (change) known.add(change.revision);
  }
}

function decoded<T>(path: string, line: number, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof RecordError) throw damaged(path, line, cause.message);
    throw cause;
  }
}

function damaged(path: string, line: number, problem: string): DocumentError {
  const advice = 'restore the file from a backup, or move it away to begin with the document alone';
  return new DocumentError(
    path,
    `line ${line}: ${problem}; ${advice}, without the changes since that was written`,
  );
}

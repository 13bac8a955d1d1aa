import { StoreError } from '../../gate/errors.js';
import type { Change } from '../../gate/ports.js';
import type { RealmEntry } from '../realm-entry.js';
import type { FoldSource } from './fold.js';
import { JournalFile } from './journal-file.js';
import type { Containment, JournalLine } from './journal-format.js';
import { encodeJournalLine } from './journal-format.js';
import { journalHead } from './journal-head.js';
import { encodeLongLine } from './journal-line.js';
import type { LoadedRealm } from './load-realm.js';

/** What can be written, and read again, at once. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A state, and what has led to it. */
export type Past = Pick<FoldSource, 'state' | 'extra' | 'revision' | 'changes'>;

/**
 * A document and the journal beside it, as this process has last read or written them.
 *
 * INVARIANT: one call at a time.
 */
export class JournaledDocument {
  #journal: JournalFile;
  #contained: Containment = { document: '', revision: '' };
  #unfolded = 0;
  /** What is to be added to the journal as soon as it can be written. */
  #unwritten: readonly JournalLine[] = [];

  constructor(path: string) {
    this.#journal = new JournalFile(`${path}.journal`, undefined);
  }

  get journal(): JournalFile {
    return this.#journal;
  }

  /** The SHA-256 of the document. */
  get document(): string {
    return this.#contained.document;
  }

  /** How many changes the document does not contain. */
  get unfolded(): number {
    return this.#unfolded;
  }

  /** Whether there is a journal: an edit that comes before there is one is written with the first change. */
  get isJournaled(): boolean {
    return this.#journal.length > 0;
  }

  /** Goes on with what was read. */
  async take({ found, contained, unfolded, unwritten }: LoadedRealm): Promise<void> {
    await this.#journal.close();
    this.#journal = new JournalFile(this.#journal.path, found);
    this.#contained = contained;
    this.#unfolded = unfolded;
    this.#unwritten = unwritten;
  }

  /** Goes on with another document beside the same journal. @param change that it came with, if it is one. */
  takeEdit({ contained, unfolded }: LoadedRealm, change: Change | undefined): void {
    this.#contained = contained;
    this.#unfolded = unfolded;
    if (!this.isJournaled) return;
    this.#unwritten = [...this.#unwritten, { contained, ...(change ? { change } : {}) }];
  }

  /** Goes on with a document that was made of the journal. @param folded how many changes it took up. */
  takeFold(contained: Containment, folded: number): void {
    this.#contained = contained;
    this.#unfolded -= folded;
  }

  /** Adds to the journal what is still to be added. @throws StoreError: then it comes before the next change. */
  async writeDown(): Promise<void> {
    if (this.#unwritten.length === 0) return;
    await this.#journal.append(await encodeLines(this.#unwritten));
    this.#unwritten = [];
  }

  /**
   * Adds a change.
   * @param past the state before it.
   * @returns how many bytes that took.
   * @throws StoreError: then it is not added.
   */
  async write(entry: RealmEntry, past: Past): Promise<number> {
    const contained = this.isJournaled ? this.#contained : { ...this.#contained, revision: past.revision };
    const before = this.isJournaled
      ? await encodeLines(this.#unwritten)
      : Buffer.from([...journalHead({ contained, ...past })].join(''));
    const lines = Buffer.concat([before, await encodeLines([entry])]);
    if (lines.length > MAX_BYTES) throw new StoreError(`a change of \`${lines.length}\` bytes is too large`);
    await this.#journal.append(lines);
    this.#contained = contained;
    this.#unwritten = [];
    this.#unfolded++;
    return lines.length;
  }
}

async function encodeLines(lines: readonly JournalLine[]): Promise<Buffer> {
  return Buffer.concat(await Promise.all(lines.map((line) => encodeLongLine(encodeJournalLine(line)))));
}

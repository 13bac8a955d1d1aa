import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Extra } from '../../dynsec/entities.js';
import type { Change } from '../../gate/ports.js';
import type { RealmState } from '../memory/realm-state.js';
import { documentSourceOf, documentText } from './document-text.js';
import { fileStamp, fileStampNow, isSameContent } from './file-stamp.js';
import type { JournalFile } from './journal-file.js';
import type { Containment } from './journal-format.js';
import { encodeJournalLine } from './journal-format.js';
import { journalHead } from './journal-head.js';
import { encodeLine } from './journal-line.js';
import type { TemporaryFile } from './write-file.js';
import { createTemporaryFile, removeTemporaryFiles, syncDirectory } from './write-file.js';

/** What is to be folded: one state, and where it is to go. */
export interface FoldSource {
  /** The document. */
  readonly path: string;
  /** Of the document, as this process last took it over or wrote it. */
  readonly stamp: string;
  readonly journal: JournalFile;
  /** How long the journal was in this state. */
  readonly journalLength: number;
  readonly state: RealmState;
  readonly extra: Extra | undefined;
  readonly revision: string;
  readonly changes: readonly Change[];
}

/**
 * Puts a state in the place of the document, and a journal without what is in it now in the place of the journal. In
 * two steps: `prepare` takes long, and nobody has to wait for it; while `finish` runs nobody may write the journal.
 *
 * INVARIANT: at every moment the two files together say everything that was acknowledged. The journal names the new
 * document before that is put in place, and becomes a new journal after the document is there for good.
 */
export class Fold {
  #isAdopted = false;

  private constructor(
    private readonly source: FoldSource,
    /** Where the document really is: a symbolic link to it stays one. */
    private readonly target: string,
    private readonly document: TemporaryFile,
    private readonly journal: TemporaryFile,
  ) {}

  /** @throws the error of the file system. */
  static async create(source: FoldSource): Promise<Fold> {
    const target = await realpath(source.path);
    await removeTemporaryFiles(target);
    await removeTemporaryFiles(source.journal.path);
    const document = await createTemporaryFile(target);
    try {
      return new Fold(source, target, document, await createTemporaryFile(source.journal.path));
    } catch (error) {
      await discard(document);
      throw error;
    }
  }

  /** Writes both files beside their places. @throws the error of the file system. */
  async prepare(): Promise<Containment> {
    const { state, extra, revision, changes } = this.source;
    const { handle } = this.document;
    const source = await documentSourceOf(state, extra);
    await copyAttributes(this.target, handle);
    const contained = { document: await writePieces(handle, documentText(source)), revision };
    await handle.sync();
    await writePieces(this.journal.handle, journalHead({ contained, state, changes }));
    await this.journal.handle.sync();
    return contained;
  }

  /**
   * Does nothing where the document was edited since.
   * @param onDocument is told when the document is in its place, whatever becomes of the journal.
   * @throws StoreError, or the error of the file system; what was acknowledged is on the disk all the same.
   */
  async finish(contained: Containment, onDocument: (stamp: string | undefined) => void): Promise<void> {
    const { journal, journalLength, stamp, path } = this.source;
    const since = await journal.readFrom(journalLength);
    const own = await fileStamp(this.document.path);
    await journal.append(Buffer.from(encodeLine(encodeJournalLine({ contained }))));
    // From here to the new name nothing waits: an edit that comes in between is one within microseconds.
    if (fileStampNow(path) !== stamp) return;
    renameSync(this.document.path, this.target);
    const now = fileStampNow(path);
    onDocument(isSameContent(own, now) ? now : undefined);
    await syncDirectory(dirname(this.target));
    await this.#replaceJournal(since);
  }

  /** Removes what did not get to its place. */
  async close(): Promise<void> {
    await discard(this.document);
    if (!this.#isAdopted) await discard(this.journal);
  }

  async #replaceJournal(since: Buffer): Promise<void> {
    const { journal } = this.source;
    const { handle, path } = this.journal;
    await handle.appendFile(since);
    await handle.datasync();
    await rename(path, journal.path);
    this.#isAdopted = true;
    await journal.adopt(handle);
  }
}

/** Characters that are made and written at once: a few milliseconds of work. */
const PIECE = 128 * 1024;

/** Writes a text, and lets others work in between. @returns the SHA-256 of it. */
async function writePieces(handle: FileHandle, pieces: Iterable<string>): Promise<string> {
  const hash = createHash('sha256');
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    await handle.appendFile(bytes);
  };
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE) continue;
    await write(text);
    text = '';
  }
  await write(text);
  return hash.digest('hex');
}

/** Who could read the document can read the new one. Its owner is kept where this process may give it away. */
async function copyAttributes(path: string, handle: FileHandle): Promise<void> {
  const { mode, uid, gid } = await stat(path);
  const made = await handle.stat();
  if (made.uid !== uid || made.gid !== gid) await handle.chown(uid, gid).catch(() => undefined);
  await handle.chmod(mode & 0o777);
}

async function discard({ handle, path }: TemporaryFile): Promise<void> {
  await handle.close();
  await rm(path, { force: true });
}

/** A file store on a file of its own, and what it says. */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileStoreListener, LoadedState } from '../../../src/store/file/file-store.js';
import { FileStore } from '../../../src/store/file/file-store.js';
import type { FoldTimes } from '../../../src/store/file/fold-schedule.js';

/** Folds when it is closed, and never before. */
export const NEVER: FoldTimes = { quietMs: 1e9, latestMs: 1e9, bytes: Infinity, retryMs: 1e9 };

/** Folds after every change. */
export const AT_ONCE: FoldTimes = { quietMs: 0, latestMs: 0, bytes: 0, retryMs: 10 };

/** Hears what a store has to say. */
export class Hearing implements FileStoreListener {
  readonly states: LoadedState[] = [];
  readonly problems: string[] = [];
  readonly warnings: string[] = [];

  loaded(state: LoadedState): void {
    this.states.push(state);
  }

  refused(problem: Error): void {
    this.problems.push(problem.message);
  }

  warned(problem: string): void {
    this.warnings.push(problem);
  }
}

/** A folder with a document in it. */
export class FileFolder {
  readonly #open: FileStore[] = [];

  private constructor(
    readonly dir: string,
    readonly file: string,
  ) {}

  /** @param parent where the folder is made. */
  static async create(
    document: object | string = { clients: [], groups: [], roles: [] },
    parent = tmpdir(),
  ): Promise<FileFolder> {
    const dir = await mkdtemp(join(parent, 'gatehouse-store-'));
    const folder = new FileFolder(dir, join(dir, 'dynamic-security.json'));
    await folder.edit(document);
    return folder;
  }

  get journal(): string {
    return `${this.file}.journal`;
  }

  /** Puts another document in the place of the file in one step, as an operator's editor does. */
  async edit(document: object | string): Promise<void> {
    const text = typeof document === 'string' ? document : JSON.stringify(document, null, '\t');
    await writeFile(`${this.file}.edited`, text);
    await rename(`${this.file}.edited`, this.file);
  }

  text(): Promise<string> {
    return readFile(this.file, 'utf8');
  }

  async document(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.text()) as Record<string, unknown>;
  }

  journalText(): Promise<string> {
    return readFile(this.journal, 'utf8');
  }

  /** Opens a store on the file; closed with the folder, if not before. */
  async open(foldTimes: FoldTimes = NEVER, pollMs = 20): Promise<FileStore & { readonly hearing: Hearing }> {
    const hearing = new Hearing();
    const store = new FileStore({
      path: this.file,
      policy: { sharedSubscriptions: 'dynsec', allowAnonymous: true },
      listener: hearing,
      pollMs,
      foldTimes,
    });
    this.#open.push(store);
    await store.open();
    return Object.assign(store, { hearing });
  }

  /** Closes what is open, and removes all of it. */
  async remove(): Promise<void> {
    for (const store of this.#open) await store.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

import type { Draft } from '../../dynsec/commands/draft.js';
import type { Finding } from '../../dynsec/document/finding.js';
import type { Client, Configuration } from '../../dynsec/entities.js';
import type { Policy, PolicyOptions } from '../../dynsec/policy.js';
import { StoreError, UndecidedError } from '../../gate/errors.js';
import type {
  ChangeLog,
  ChangeOrigin,
  Committed,
  Health,
  HealthSource,
  RealmStore,
  Snapshot,
  WholeRealm,
  Work,
} from '../../gate/ports.js';
import { LiveRealm } from '../live-realm.js';
import type { RealmEntry } from '../realm-entry.js';
import { nextRevision, revisionOfDocument } from '../revision.js';
import { Turns } from '../turns.js';
import { fileStamp } from './file-stamp.js';
import { FileWatch } from './file-watch.js';
import type { FoldSource } from './fold.js';
import { Fold } from './fold.js';
import type { FoldTimes } from './fold-schedule.js';
import { FOLD_TIMES, FoldSchedule } from './fold-schedule.js';
import type { Past } from './journaled-document.js';
import { JournaledDocument } from './journaled-document.js';
import type { LoadedRealm } from './load-realm.js';
import { loadRealm } from './load-realm.js';
import { messageOf } from '../system-error.js';

/** Is told what becomes of the file. */
export interface FileStoreListener {
  /** A state was taken over and serves. */
  loaded(state: LoadedState): void;
  /** The file cannot be taken; the last good state goes on serving, where there is one. */
  refused(problem: Error): void;
  /** Something is not as it should be; nothing is lost. */
  warned(problem: string): void;
}

/** A state that serves. */
export interface LoadedState {
  readonly revision: string;
  readonly configuration: Configuration;
  readonly policy: Policy;
  readonly warnings: readonly Finding[];
  readonly durationMs: number;
}

/** What the store is made of. */
export interface FileStoreOptions {
  readonly path: string;
  readonly policy: PolicyOptions;
  readonly listener: FileStoreListener;
  /** How often the file is looked at. */
  readonly pollMs?: number;
  readonly foldTimes?: FoldTimes;
}

const DEFAULT_POLL_MS = 250;

/** Who made the edits that come from outside. */
const FROM_OUTSIDE: ChangeOrigin = { via: 'file', by: 'file', from: '' };

/**
 * The realm in a dynamic-security.json. A change is durable in a journal beside it, `<file>.journal`, before it is in
 * force, and is folded into the document in the background and at the end.
 *
 * Edits from outside are taken over whole; what the document did not have yet is done to them again. One that cannot
 * be taken is refused, and the last good state serves on.
 */
export class FileStore implements RealmStore, HealthSource {
  readonly #files: JournaledDocument;
  readonly #watch: FileWatch;
  readonly #folds: FoldSchedule;
  /** Whoever reads or writes both files, or the realm, takes a turn. */
  readonly #turns = new Turns();
  #realm: LiveRealm | undefined;
  #loadedAt: Date | undefined;
  #problem: Error | undefined;
  /** Of the document that is in force; undefined where it is not there as it was taken. */
  #stamp: string | undefined;
  /** Why changes could not be folded, so that it is said once. */
  #foldProblem: string | undefined;
  #isClosed = false;

  constructor(private readonly options: FileStoreOptions) {
    const { path, pollMs = DEFAULT_POLL_MS, foldTimes = FOLD_TIMES } = options;
    this.#files = new JournaledDocument(path);
    this.#folds = new FoldSchedule(foldTimes, () => this.#tryToFold());
    const look = (): Promise<void> => this.#turns.run(() => this.#load());
    this.#watch = new FileWatch(
      {
        path,
        isOverdue: () => this.#turns.run(async () => !(await this.#files.journal.isAsLeft())),
        look,
        refused: (problem) => {
          this.#refuse(problem);
        },
      },
      pollMs,
    );
  }

  /** Reads the file and keeps an eye on it. @throws DocumentError where there is no good first state. */
  async open(): Promise<void> {
    await this.#turns.run(() => this.#load());
    this.#watch.start(this.#stamp);
  }

  snapshot(): Snapshot {
    return this.#opened.snapshot();
  }

  async whole(): Promise<WholeRealm> {
    return Promise.resolve(this.#opened.whole());
  }

  get changes(): ChangeLog {
    return this.#opened.changes;
  }

  /** All there are, in no order. */
  get clients(): Iterable<Client> {
    return this.#opened.state.clients.held();
  }

  commit<T>(origin: ChangeOrigin, work: (draft: Draft) => Work<T>): Promise<Committed<T>> {
    return this.#turns.run(() => this.#opened.commit(origin, work, (entry) => this.#write(entry)));
  }

  replace(origin: ChangeOrigin, next: Configuration, expected?: string): Promise<Committed<undefined>> {
    return this.#turns.run(async () => {
      const startedAt = performance.now();
      const { revision } = this.#opened;
      const committed = await this.#opened.replace(origin, next, expected, (entry) => this.#write(entry));
      if (committed.revision !== revision) this.#tellLoaded(startedAt, []);
      return committed;
    });
  }

  health(): Health {
    if (!this.#realm || !this.#loadedAt) return { ready: false, policy: { state: 'absent' } };
    const policy = { revision: this.#realm.revision, loadedAt: this.#loadedAt };
    return this.#problem
      ? { ready: true, policy: { state: 'stale', ...policy, problem: this.#problem.message } }
      : { ready: true, policy: { state: 'current', ...policy } };
  }

  /** Folds what is left to be folded, and takes its eye off the file. What cannot be folded stays in the journal. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch.stop();
    await this.#folds.stop();
    if (this.#files.unfolded > 0) await this.#watch.poll();
    await this.#tryToFold();
    await this.#turns.run(() => this.#files.journal.close());
  }

  get #opened(): LiveRealm {
    if (!this.#realm) throw new UndecidedError('not_ready');
    return this.#realm;
  }

  /** Makes the realm what the files say. @throws DocumentError: then it stays what it is. */
  async #load(): Promise<void> {
    const startedAt = performance.now();
    const { journal, document } = this.#files;
    const isOurs = this.#realm !== undefined && (await journal.isAsLeft());
    const loaded = await loadRealm(this.options.path, journal.path, isOurs ? journal.length : undefined);
    const isSame = isOurs && loaded.contained.document === document;
    const hadProblem = this.#problem !== undefined;
    this.#problem = undefined;
    this.#stamp = loaded.stamp;
    if (!isSame) await (isOurs ? this.#takeEdit(loaded) : this.#takeAll(loaded));
    if (!isSame || hadProblem) this.#tellLoaded(startedAt, loaded.warnings);
    if (this.#files.unfolded > 0) this.#folds.changed(0);
  }

  /** What somebody else has written, or what was there before this process. */
  async #takeAll(loaded: LoadedRealm): Promise<void> {
    const { configuration, revision, changes, unwritten, found } = loaded;
    if (this.#realm) {
      this.#warn('another process has written the journal of this file: its state is taken over');
      this.#realm.restart(configuration, revision, changes);
    } else this.#realm = new LiveRealm({ configuration, revision, changes, policy: this.options.policy });
    await this.#files.take(loaded);
    if (found && found.file.size > found.goodBytes) {
      const rest = found.file.size - found.goodBytes;
      this.#warn(
        `the journal ends with ${rest} bytes of a change that was never acknowledged: they are dropped`,
      );
    }
    if (unwritten.length > 0) this.#warnOfEdit();
    await this.#writeDown();
  }

  /** An edit from outside. */
  async #takeEdit(loaded: LoadedRealm): Promise<void> {
    const { configuration, contained } = loaded;
    const revisionOf = this.#files.isJournaled ? nextRevision : () => revisionOfDocument(contained.document);
    this.#files.takeEdit(loaded, this.#opened.adopt(FROM_OUTSIDE, configuration, revisionOf));
    this.#warnOfEdit();
    await this.#writeDown();
  }

  async #writeDown(): Promise<void> {
    try {
      await this.#files.writeDown();
    } catch (error) {
      this.#warn(messageOf(error));
    }
  }

  /** @throws StoreError */
  async #write(entry: RealmEntry): Promise<void> {
    if (this.#isClosed) throw new StoreError('the store is closed');
    const bytes = await this.#files.write(entry, this.#past());
    this.#loadedAt = new Date();
    this.#folds.changed(bytes);
  }

  /** The state that is in force, and what has led to it. */
  #past(): Past {
    const { state, extra, revision, changes } = this.#opened;
    return { state, extra, revision, changes: changes.kept };
  }

  /** @returns false where it is to be tried again later. */
  async #tryToFold(): Promise<boolean> {
    try {
      await this.#fold();
      this.#foldProblem = undefined;
      return true;
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#foldProblem) this.#warn(`changes stay in the journal for now: ${problem}`);
      this.#foldProblem = problem;
      return false;
    }
  }

  async #fold(): Promise<void> {
    const source = await this.#turns.run(() => this.#foldSource());
    if (!source) return;
    const fold = await Fold.create(source);
    try {
      const contained = await fold.prepare();
      await this.#turns.run(async () => {
        // Another process has come in between.
        if (source.journal !== this.#files.journal) return;
        await fold.finish(contained, (stamp) => {
          this.#files.takeFold(contained, source.unfolded);
          this.#stamp = stamp;
          this.#watch.changedTo(stamp);
        });
      });
    } finally {
      await fold.close();
    }
  }

  /** Undefined where there is nothing to fold, or the document is not what is in force: then the watch has the word. */
  async #foldSource(): Promise<(FoldSource & { readonly unfolded: number }) | undefined> {
    const { path } = this.options;
    const stamp = this.#stamp;
    const { unfolded, journal } = this.#files;
    if (unfolded === 0 || stamp === undefined || stamp !== (await fileStamp(path))) return undefined;
    await this.#files.writeDown();
    const { changes, ...past } = this.#past();
    const journalLength = journal.length;
    return { path, stamp, unfolded, journal, journalLength, ...past, changes: [...changes] };
  }

  #tellLoaded(startedAt: number, warnings: readonly Finding[]): void {
    const { configuration, revision } = this.#opened.whole();
    const { policy } = this.snapshot();
    const durationMs = performance.now() - startedAt;
    this.#loadedAt = new Date();
    this.options.listener.loaded({ revision, configuration, policy, warnings, durationMs });
  }

  #refuse(problem: Error): void {
    if (this.#problem?.message === problem.message) return;
    this.#problem = problem;
    this.options.listener.refused(problem);
  }

  #warnOfEdit(): void {
    const { unfolded } = this.#files;
    if (unfolded === 0) return;
    this.#warn(`the file was edited while it did not have the last ${unfolded} changes: they are made again`);
  }

  #warn(problem: string): void {
    this.options.listener.warned(problem);
  }
}

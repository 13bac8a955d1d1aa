import { types } from 'node:util';
import { fileStamp } from './file-stamp.js';

/** What a watch looks at, and whom it tells. */
export interface WatchedFile {
  readonly path: string;
  /** Whether something else than the stamp of the file says that it is to be looked into. */
  isOverdue(): Promise<boolean>;
  /** Looks into it. One call at a time. @throws where it cannot be taken. */
  look(): Promise<void>;
  /** It cannot be taken, at a second look as well. */
  refused(problem: Error): void;
}

/**
 * Keeps an eye on a file. It is looked at by its stamp, not by the notifications of the system, which network file
 * systems, bind mounts and editors that replace files do not all give.
 */
export class FileWatch {
  /** The file as it was last looked into. */
  #stamp: string | undefined;
  /** The stamp of a file that could not be taken, once: it may be in the middle of being written. */
  #suspect: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    private readonly file: WatchedFile,
    private readonly pollMs: number,
  ) {}

  /** @param stamp of the file as it was taken last. */
  start(stamp: string | undefined): void {
    this.#stamp = stamp;
    this.#schedule();
  }

  /** The file was changed by this process, to this. */
  changedTo(stamp: string | undefined): void {
    this.#stamp = stamp;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks into the file if there is reason to. */
  async poll(): Promise<void> {
    try {
      const stamp = await fileStamp(this.file.path);
      if (stamp === this.#stamp && !(await this.file.isOverdue())) return;
      await this.file.look();
      this.#suspect = undefined;
      // Changed again while it was read: whatever was read, the next look decides.
      if (stamp === (await fileStamp(this.file.path))) this.#stamp = stamp;
    } catch (error) {
      await this.#doubt(types.isNativeError(error) ? error : new Error(String(error)));
    }
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      void this.poll().finally(() => {
        this.#schedule();
      });
    }, this.pollMs);
  }

  /** A file is refused when it is still the same, and still bad, at the next look. */
  async #doubt(problem: Error): Promise<void> {
    const stamp = (await fileStamp(this.file.path).catch(() => undefined)) ?? 'absent';
    if (this.#suspect !== stamp) {
      this.#suspect = stamp;
      return;
    }
    this.#suspect = undefined;
    this.#stamp = stamp === 'absent' ? undefined : stamp;
    if (!this.#isStopped) this.file.refused(problem);
  }
}

import { constants, open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../../gate/errors.js';
import type { FileIdentity, FoundJournal } from './read-journal.js';
import { identify } from './read-journal.js';
import { syncDirectory } from './write-file.js';
import { codeOf, messageOf } from '../system-error.js';

/** It holds password hashes. */
const MODE = 0o600;

/** Without creating it, should it have gone. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;

/**
 * A journal that is written to, by this process alone: what somebody else adds is noticed before the next write.
 *
 * INVARIANT: one call at a time.
 */
export class JournalFile {
  #handle: FileHandle | undefined;
  /** As this process left it, or found it; undefined where there is none. */
  #left: FileIdentity | undefined;
  /** How long it is without the rest of a write that failed or was cut short. */
  #length: number;
  /** Whether its name is durable as well: it may be new, or found as a killed process has left it. */
  #isNamed = false;

  constructor(
    readonly path: string,
    found: FoundJournal | undefined,
  ) {
    this.#left = found?.file;
    this.#length = found?.goodBytes ?? 0;
  }

  /** In bytes; 0 where there is none or nothing in it, and a header is due. */
  get length(): number {
    return this.#length;
  }

  /** Whether nobody else has written to it, put another one in its place, or taken it away. */
  async isAsLeft(): Promise<boolean> {
    const now = await identifyPath(this.path);
    return now?.ino === this.#left?.ino && now?.size === this.#left?.size;
  }

  /**
   * Adds lines, durably.
   * @throws StoreError where it cannot: then nothing of them is in it, or nothing more is ever added to it until what
   * is could be taken away again.
   */
  async append(lines: Buffer): Promise<void> {
    try {
      if (!(await this.isAsLeft())) throw new StoreError('another process writes the journal of this file');
      const handle = (this.#handle ??= await this.#open());
      if (!this.#isNamed) await this.#name();
      if (this.#left && this.#left.size > this.#length) await this.#cut(handle);
      await this.#write(handle, lines);
    } catch (cause) {
      throw asStoreError(cause);
    }
  }

  /** What was added behind a length that it has had. */
  async readFrom(length: number): Promise<Buffer> {
    const handle = await open(this.path, 'r');
    try {
      const bytes = Buffer.alloc(this.#length - length);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, length);
      if (bytesRead < bytes.length) throw new StoreError('the journal is shorter than it was');
      return bytes;
    } finally {
      await handle.close();
    }
  }

  /** Goes on with another file, that stands in the place of the old one and is open for appending. */
  async adopt(handle: FileHandle): Promise<void> {
    const old = this.#handle;
    this.#left = await identify(handle);
    this.#length = this.#left.size;
    this.#handle = handle;
    this.#isNamed = false;
    await old?.close();
    await this.#name();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #open(): Promise<FileHandle> {
    // `ax`: what somebody else has made meanwhile is not ours to write to.
    const handle = this.#left ? await open(this.path, APPEND) : await open(this.path, 'ax', MODE);
    const opened = await identify(handle);
    this.#left ??= opened;
    if (opened.ino === this.#left.ino) return handle;
    await handle.close();
    throw new StoreError('another process writes the journal of this file');
  }

  async #name(): Promise<void> {
    await syncDirectory(dirname(this.path));
    this.#isNamed = true;
  }

  async #write(handle: FileHandle, bytes: Buffer): Promise<void> {
    try {
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (cause) {
      // Should that fail, too, it is longer than it should be, and the next write tries again.
      await this.#cut(handle).catch(() => undefined);
      throw cause;
    }
    this.#length += bytes.length;
    this.#left = { ...(this.#left ?? (await identify(handle))), size: this.#length };
  }

  /** Takes away what is not whole. */
  async #cut(handle: FileHandle): Promise<void> {
    try {
      await handle.truncate(this.#length);
      await handle.sync();
    } finally {
      this.#left = await identify(handle);
    }
  }
}

async function identifyPath(path: string): Promise<FileIdentity | undefined> {
  try {
    const { ino, size } = await stat(path, { bigint: true });
    return { ino, size: Number(size) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function asStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const problem = messageOf(cause);
  return new StoreError(`the change could not be written down: ${problem}`, { cause });
}

import type { Finding } from '../../dynsec/document/finding.js';
import type { Configuration } from '../../dynsec/entities.js';
import type { Policy, PolicyOptions } from '../../dynsec/policy.js';
import { compilePolicy } from '../../dynsec/policy.js';
import { UndecidedError } from '../../gate/errors.js';
import type { Health, HealthSource, PolicyStore, Snapshot } from '../../gate/ports.js';
import { createSnapshot } from '../snapshot.js';
import { fileStamp } from './file-stamp.js';
import { readConfiguration } from './read-configuration.js';

/** Is told what becomes of the file. */
export interface FileStoreListener {
  /** A state was taken over and serves. */
  loaded(state: LoadedState): void;
  /** The file cannot be taken; the last good state goes on serving, where there is one. */
  refused(problem: Error): void;
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
}

const DEFAULT_POLL_MS = 250;

/**
 * The realm in a dynamic-security.json. Edits from outside are taken over whole; one that cannot be taken is
 * refused, and the last good state serves on.
 *
 * The file is looked at by its stamp, not by the notifications of the system, which network file systems, bind
 * mounts and editors that replace files do not all give.
 */
export class FileStore implements PolicyStore, HealthSource {
  #snapshot: Snapshot | undefined;
  #loadedAt: Date | undefined;
  #problem: Error | undefined;
  /** The file as it was last looked into. */
  #stamp: string | undefined;
  /** The stamp of a file that could not be taken, once: it may be in the middle of being written. */
  #suspect: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly options: FileStoreOptions) {}

  /** Reads the file and keeps an eye on it. @throws DocumentError where there is no good first state. */
  async open(): Promise<void> {
    const stamp = await fileStamp(this.options.path);
    await this.#load();
    this.#stamp = stamp;
    this.#schedule();
  }

  snapshot(): Snapshot {
    if (!this.#snapshot) throw new UndecidedError('not_ready');
    return this.#snapshot;
  }

  health(): Health {
    if (!this.#snapshot || !this.#loadedAt) return { ready: false, policy: { state: 'absent' } };
    const policy = { revision: this.#snapshot.revision, loadedAt: this.#loadedAt };
    return this.#problem
      ? { ready: true, policy: { state: 'stale', ...policy, problem: this.#problem.message } }
      : { ready: true, policy: { state: 'current', ...policy } };
  }

  /** Takes its eye off the file. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.#poll().finally(() => {
        this.#schedule();
      });
    }, this.options.pollMs ?? DEFAULT_POLL_MS);
  }

  async #poll(): Promise<void> {
    try {
      const stamp = await fileStamp(this.options.path);
      if (stamp === this.#stamp) return;
      await this.#load();
      // Changed again while it was read: whatever was read, the next look decides.
      if (stamp === (await fileStamp(this.options.path))) this.#stamp = stamp;
    } catch (error) {
      await this.#doubt(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** A file is refused when it is still the same, and still bad, at the next look. */
  async #doubt(problem: Error): Promise<void> {
    const stamp = (await fileStamp(this.options.path).catch(() => undefined)) ?? 'absent';
    if (this.#suspect !== stamp) {
      this.#suspect = stamp;
      return;
    }
    this.#suspect = undefined;
    this.#stamp = stamp === 'absent' ? undefined : stamp;
    if (this.#problem?.message === problem.message || this.#isClosed) return;
    this.#problem = problem;
    this.options.listener.refused(problem);
  }

  async #load(): Promise<void> {
    const startedAt = performance.now();
    const { configuration, revision, warnings } = await readConfiguration(this.options.path);
    if (this.#isClosed) return;
    const isSame = this.#snapshot?.revision === revision;
    const hadProblem = this.#problem !== undefined;
    this.#problem = undefined;
    this.#suspect = undefined;
    if (isSame && !hadProblem) return;
    const policy = compilePolicy(configuration, this.options.policy, this.#snapshot?.policy);
    this.#snapshot = createSnapshot(configuration, policy, revision);
    this.#loadedAt = new Date();
    const durationMs = performance.now() - startedAt;
    this.options.listener.loaded({ revision, configuration, policy, warnings, durationMs });
  }
}

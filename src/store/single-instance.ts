import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Committed, Fleet, RealmInstance, RealmStore } from '../gate/ports.js';
import { isRevision } from './revision.js';

/** A process that has its realm for itself: what it has answered is in force, everywhere there is. */
export class SingleInstance implements Fleet {
  readonly #id = randomUUID();
  readonly #startedAt = new Date();

  constructor(
    private readonly store: RealmStore,
    private readonly version: string,
  ) {}

  instances(): Promise<readonly RealmInstance[]> {
    const { revision } = this.store.snapshot();
    const at = this.store.changes.after(undefined, Number.MAX_SAFE_INTEGER)?.at(-1)?.at;
    return Promise.resolve([
      {
        id: this.#id,
        version: this.version,
        revision,
        since: at ?? this.#startedAt.toISOString(),
        host: hostname(),
        pid: process.pid,
        heardMsAgo: 0,
      },
    ]);
  }

  isRevision(text: string): boolean {
    return isRevision(text);
  }

  enforces(): boolean {
    return true;
  }

  /** An edit of the file is taken over by itself. */
  touch(): Promise<Committed<undefined>> {
    const { revision } = this.store.snapshot();
    return Promise.resolve({ result: undefined, revision, kicked: () => [] });
  }
}

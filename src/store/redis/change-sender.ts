import type { Configuration } from '../../dynsec/entities.js';
import type { RealmWrites } from '../realm-entry.js';
import type { NewChange } from './change-fields.js';
import { encodeChange } from './change-fields.js';
import { encodeWrites } from './commit-arguments.js';
import type { ScriptOutcome } from './commit-outcome.js';
import type { Committer } from './committer.js';
import { OUTCOME_KEPT_MS } from './committer.js';
import type { RealmSource } from './read-realm.js';
import { SCHEMA } from './schema.js';
import { stageDocument } from './stage-document.js';

/** What a change writes, entity by entity. */
export interface EntityWrites {
  readonly writes: RealmWrites;
  /** What it was made of (`encodeReads`). */
  readonly reads: readonly string[];
  /** The head that it is made on; `*` for any. */
  readonly head: string;
  /** By how much the change index grows. */
  readonly grown: number;
}

/** A document that takes the place of all there is. */
export interface WholeDocument {
  readonly configuration: Configuration;
  /** The head that it replaces; empty where there is no realm yet. */
  readonly head: string;
}

/** Where changes are sent. */
export interface ChangeSenderOptions {
  readonly source: RealmSource;
  readonly committer: Committer;
  /** How many changes are kept in Redis. */
  readonly changesKept: number;
}

/** Puts changes into the words of the scripts. Both methods throw as `Committer.run`. */
export class ChangeSender {
  constructor(private readonly options: ChangeSenderOptions) {}

  /** As one script: entities, and the entry of the change log. */
  write(change: NewChange, { writes, reads, head, grown }: EntityWrites): Promise<ScriptOutcome> {
    const { source, committer } = this.options;
    const { keys, scripts } = source;
    return committer.run({
      script: scripts.commit,
      keys: (id) => [
        ...[keys.clients, keys.groups, keys.roles, keys.incarnations],
        ...[keys.meta, keys.changes, keys.commit(id)],
      ],
      args: ({ id, deadlineMs }) => [
        ...[SCHEMA, String(deadlineMs), id, String(grown)],
        ...[this.#changesKept, String(OUTCOME_KEPT_MS), head],
        ...reads,
        ...encodeWrites(writes),
        ...encodeChange(change),
      ],
    });
  }

  /** Beside the realm first, in pieces, and then in its place. */
  swap(change: NewChange, { configuration, head }: WholeDocument): Promise<ScriptOutcome> {
    const { source, committer } = this.options;
    const { keys, scripts } = source;
    return stageDocument(source, configuration, (staged) =>
      committer.run({
        script: scripts.swap,
        keys: (id) => [...staged.keys, keys.meta, keys.changes, keys.commit(id)],
        args: ({ id, deadlineMs }) => [
          ...[SCHEMA, String(deadlineMs), id, String(configuration.changeIndex)],
          ...[this.#changesKept, String(OUTCOME_KEPT_MS), head, staged.settings, staged.letters],
          ...encodeChange(change),
        ],
      }),
    );
  }

  get #changesKept(): string {
    return String(this.options.changesKept);
  }
}

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

/** How many remembered logins are deleted together. */
const FORGOTTEN_AT_ONCE = 200;

/** Puts changes into the words of the scripts. Both methods throw as `Committer.run`. */
export class ChangeSender {
  constructor(private readonly options: ChangeSenderOptions) {}

  /** As one script: entities, the entry of the change log, and the end of remembered logins. */
  async write(change: NewChange, { writes, reads, head, grown }: EntityWrites): Promise<ScriptOutcome> {
    const { source, committer } = this.options;
    const { keys, scripts, connection } = source;
    const ended = change.ended ?? [];
    // On a cluster, what is remembered of logins is not where the realm is.
    const { isCluster } = connection;
    const outcome = await committer.run({
      script: scripts.commit,
      keys: (id) => [
        ...[keys.clients, keys.groups, keys.roles, keys.incarnations],
        ...[keys.meta, keys.changes, keys.commit(id)],
        ...(isCluster ? [] : ended.map((username) => keys.verified(username))),
      ],
      args: ({ id, deadlineMs }) => [
        ...[SCHEMA, String(deadlineMs), id, String(grown)],
        ...[this.#changesKept, String(OUTCOME_KEPT_MS), head],
        ...reads,
        ...encodeWrites(writes),
        ...encodeChange(change),
      ],
    });
    if (isCluster && outcome.kind === 'written') void this.#forget(ended);
    return outcome;
  }

  /** Beside the realm first, in pieces, and then in its place; then the end of remembered logins. */
  async swap(change: NewChange, { configuration, head }: WholeDocument): Promise<ScriptOutcome> {
    const { source, committer } = this.options;
    const { keys, scripts } = source;
    const outcome = await stageDocument(source, configuration, (staged) =>
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
    if (outcome.kind === 'written') void this.#forget(change.ended ?? []);
    return outcome;
  }

  /** In pieces. Nobody has to wait for it, and where it fails nothing is lost: what stays fits nothing that is stored. */
  async #forget(usernames: readonly string[]): Promise<void> {
    const { connection, keys } = this.options.source;
    try {
      for (let i = 0; i < usernames.length; i += FORGOTTEN_AT_ONCE) {
        const some = usernames.slice(i, i + FORGOTTEN_AT_ONCE);
        await Promise.all(some.map((username) => connection.unlink(keys.verified(username))));
      }
    } catch {
      // The next login of each finds a tag that is not its own, and is compared.
    }
  }

  get #changesKept(): string {
    return String(this.options.changesKept);
  }
}

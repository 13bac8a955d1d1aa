import type { Configuration } from '../../dynsec/entities.js';
import { NotReplicatedError, StoreError } from '../../gate/errors.js';
import type { RealmWrites } from '../realm-entry.js';
import { messageOf } from '../system-error.js';
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
  /** Whether instances share what they remember of logins. */
  readonly sharesLogins: boolean;
}

/** How many remembered logins are deleted together. */
const FORGOTTEN_AT_ONCE = 200;

/** Puts changes into the words of the scripts. Both methods throw as `Committer.run`. */
export class ChangeSender {
  /** Remembered logins cannot end in the script that commits. */
  #isApart: boolean;

  constructor(private readonly options: ChangeSenderOptions) {
    this.#isApart = options.source.connection.isCluster;
  }

  /**
   * As one script: entities, the entry of the change log, and the end of remembered logins. Where the server cannot do
   * that in one, since they lie elsewhere or are not its user's to delete, they end right after it.
   */
  async write(change: NewChange, writes: EntityWrites): Promise<ScriptOutcome> {
    const ended = this.#endedBy(change);
    if (ended.length === 0 || this.#isApart)
      return this.#forgetAfter(ended, this.#commit(change, writes, []));
    const keys = ended.map((username) => this.options.source.keys.verified(username));
    try {
      return await this.#commit(change, writes, keys);
    } catch (error) {
      if (!isRefusalOfKeys(error)) throw error;
      this.#isApart = true;
      return this.#forgetAfter(ended, this.#commit(change, writes, []));
    }
  }

  #commit(
    change: NewChange,
    { writes, reads, head, grown }: EntityWrites,
    ended: readonly string[],
  ): Promise<ScriptOutcome> {
    const { source, committer } = this.options;
    const { keys, scripts } = source;
    return committer.run({
      script: scripts.commit,
      keys: (id) => [
        ...[keys.clients, keys.groups, keys.roles, keys.incarnations],
        ...[keys.meta, keys.changes, keys.commit(id)],
        ...ended,
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

  /** Beside the realm first, in pieces, and then in its place; then the end of remembered logins. */
  swap(change: NewChange, { configuration, head }: WholeDocument): Promise<ScriptOutcome> {
    const { source, committer } = this.options;
    const { keys, scripts } = source;
    const swapping = stageDocument(source, configuration, (staged) =>
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
    return this.#forgetAfter(this.#endedBy(change), swapping);
  }

  #endedBy({ ended = [] }: NewChange): readonly string[] {
    return this.options.sharesLogins ? ended : [];
  }

  /** Also where the change is written and too few replicas have it. */
  async #forgetAfter(
    usernames: readonly string[],
    committing: Promise<ScriptOutcome>,
  ): Promise<ScriptOutcome> {
    try {
      const outcome = await committing;
      if (outcome.kind === 'written') void this.#forget(usernames);
      return outcome;
    } catch (error) {
      if (error instanceof NotReplicatedError) void this.#forget(usernames);
      throw error;
    }
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

/** Redis looks at keys before it runs a script: nothing is written. */
function isRefusalOfKeys(error: unknown): boolean {
  return error instanceof StoreError && /^(?:CROSSSLOT|NOPERM)/.test(messageOf(error.cause));
}

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import calculateSlot from 'cluster-key-slot';
import { GatehouseError } from '../../dynsec/errors.js';
import type { Cluster, Redis } from 'ioredis';
import { NotReplicatedError, OutcomeUnknownError, StoreError } from '../../gate/errors.js';
import { messageOf } from '../system-error.js';
import type { ScriptOutcome } from './commit-outcome.js';
import { readOutcome } from './commit-outcome.js';
import type { RedisClock } from './redis-clock.js';
import type { RealmKeys } from './redis-keys.js';
import type { RedisConnection, RedisScript } from './redis-scripts.js';

/** What commits go through. */
export interface CommitterOptions {
  /** Of its own: it neither waits for a lost Redis nor sends anything twice. */
  readonly connection: RedisConnection;
  /** For the question what became of a commit. */
  readonly reader: RedisConnection;
  readonly keys: RealmKeys;
  readonly clock: RedisClock;
  /** How many replicas have to have a change before it is answered; 0: none. */
  readonly replicas: number;
  /** Is told of every attempt. */
  readonly committed: (event: CommitEvent) => void;
}

/** An attempt at a change that is over. */
export interface CommitEvent {
  readonly outcome: 'written' | 'conflict' | 'failed';
  readonly durationSeconds: number;
}

/** A script that commits, and what it is given beside deadline and commit id. */
export interface ScriptedCommit {
  readonly script: RedisScript;
  /** @param commitId under which the commit is known. */
  readonly keys: (commitId: string) => readonly string[];
  readonly args: (commit: { readonly id: string; readonly deadlineMs: number }) => readonly string[];
}

/** For how long a commit may be carried out after it was sent. */
const DEADLINE_MS = 1_500;
/** How far our idea of Redis's clock may be off, at most. */
const CLOCK_MARGIN_MS = 500;
/** For how long it is asked what became of a commit. */
const INQUIRY_MS = 4_000;
const INQUIRY_PAUSE_MS = 50;
/** For how long Redis remembers what became of a commit, in ms. */
export const OUTCOME_KEPT_MS = 60_000;
const REPLICATION_MS = 1_000;

/**
 * Sends commits, and finds out what became of them. There are three ends: written; not written; and unknown, where
 * the connection broke and Redis cannot be asked.
 */
export class Committer {
  constructor(private readonly options: CommitterOptions) {}

  /**
   * @throws StoreError where nothing is written, OutcomeUnknownError where that is not known, NotReplicatedError
   * where it is written and too few replicas have it, RecordError as {@link readOutcome}.
   */
  async run(commit: ScriptedCommit): Promise<ScriptOutcome> {
    const startedAt = performance.now();
    let event: CommitEvent['outcome'] = 'failed';
    try {
      const outcome = await this.#run(commit);
      event = outcome.kind === 'written' ? 'written' : 'conflict';
      return outcome;
    } finally {
      this.options.committed({ outcome: event, durationSeconds: (performance.now() - startedAt) / 1_000 });
    }
  }

  async #run(commit: ScriptedCommit): Promise<ScriptOutcome> {
    let outcome = await this.#runOnce(commit);
    if (outcome.kind === 'late') {
      // The clocks have drifted apart, or Redis was hung: now they are set.
      this.options.clock.set(outcome.redisMs, performance.now());
      outcome = await this.#runOnce(commit);
    }
    if (outcome.kind === 'late') throw new StoreError('Redis is too slow: nothing is changed');
    if (outcome.kind === 'written' && this.options.replicas > 0) await this.#awaitReplicas(outcome.revision);
    return outcome;
  }

  async #runOnce({ script, keys, args }: ScriptedCommit): Promise<ScriptOutcome> {
    const { connection, clock } = this.options;
    if (connection.status !== 'ready')
      throw new StoreError('there is no connection to Redis: nothing is changed');
    const id = randomBytes(8).toString('hex');
    const deadlineMs = clock.now() + DEADLINE_MS;
    const startedAt = performance.now();
    try {
      return readOutcome(await script.run(connection, keys(id), args({ id, deadlineMs })));
    } catch (error) {
      if (error instanceof GatehouseError) throw error;
      // Redis itself has said no: scripts check before they write.
      if (error instanceof Error && error.name === 'ReplyError') throw refusedBy(error);
      return await this.#inquire(id, startedAt, error);
    }
  }

  /** Found: it is written. Not found after its deadline: it never will be. */
  async #inquire(id: string, startedAt: number, cause: unknown): Promise<ScriptOutcome> {
    const { reader, keys } = this.options;
    const safeAfter = startedAt + DEADLINE_MS + CLOCK_MARGIN_MS;
    const end = performance.now() + INQUIRY_MS;
    while (performance.now() < end) {
      const askedAt = performance.now();
      const answer = await within(INQUIRY_MS / 4, () =>
        reader.hmget(keys.commit(id), 'revision', 'previous'),
      );
      const [revision, previous] = answer ?? [];
      if (typeof revision === 'string') return { kind: 'written', revision, previous: previous ?? '' };
      if (answer && askedAt > safeAfter) {
        throw new StoreError('the connection to Redis broke: nothing is changed', { cause });
      }
      await sleep(INQUIRY_PAUSE_MS);
    }
    throw new OutcomeUnknownError({ cause });
  }

  async #awaitReplicas(revision: string): Promise<void> {
    const { connection, replicas, keys } = this.options;
    const count = await within(REPLICATION_MS * 2, () => replicasThatHaveIt(connection, keys.meta, replicas));
    if ((count ?? 0) < replicas)
      throw new NotReplicatedError(revision, { wanted: replicas, got: count ?? 0 });
  }
}

/** WAIT goes to the node that has the realm. */
async function replicasThatHaveIt(
  connection: RedisConnection,
  key: string,
  replicas: number,
): Promise<number> {
  const node = 'slots' in connection ? masterOf(connection, key) : connection;
  return node ? Number(await node.call('WAIT', String(replicas), String(REPLICATION_MS))) : 0;
}

function masterOf(cluster: Cluster, key: string): Redis | undefined {
  const address = cluster.slots[calculateSlot(key)]?.[0];
  return cluster.nodes('master').find(({ options: { host, port } }) => `${host}:${port}` === address);
}

/** Undefined where it cannot be had in time. */
async function within<T>(ms: number, ask: () => Promise<T>): Promise<T | undefined> {
  const asked = ask().catch(() => undefined);
  return Promise.race([asked, sleep(ms, undefined, { ref: false })]);
}

function refusedBy(error: unknown): StoreError {
  return new StoreError(`Redis refuses the change: ${messageOf(error)}`, { cause: error });
}

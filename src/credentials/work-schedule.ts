import { UndecidedError } from '../gate/errors.js';
import { TurnQueue } from './turn-queue.js';

/** Whose turn a piece of work takes: a user name, or a symbol for work that stands for itself. */
export type Lane = string | symbol;

/** A piece of work. */
export interface Work<Task> {
  readonly lane: Lane;
  /** Work of the same key that is not done yet is done once for all who ask. */
  readonly key?: string;
  readonly task: Task;
  /** Is told of a result for which nobody waits any more. Must not throw. */
  readonly onLate?: (result: unknown) => void;
}

/** The bounds of a schedule. */
export interface ScheduleLimits {
  /** How many tasks are computed at the same time; 1 or more. */
  readonly concurrency: number;
  /** How many pieces of work may wait; 0 or more. */
  readonly queueLimit: number;
  /** How long anybody waits for a result, in ms; 1 or more. */
  readonly deadlineMs: number;
}

/** Somebody who waits for a job. */
interface Waiter {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: UndecidedError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Work with all who wait for it. */
interface Job<Task> extends Work<Task> {
  readonly waiters: Set<Waiter>;
}

/**
 * Decides what is computed when, and who is told that it was not: at most `concurrency` tasks at a time and one of
 * each lane, lanes in turn, a bounded number waiting, nobody for longer than the deadline. A job for which nobody
 * waits any more is not begun; one that was begun goes on to its end, and its lane stays busy until then.
 */
export class WorkSchedule<Task> {
  readonly #compute: (task: Task) => Promise<unknown>;
  readonly #limits: ScheduleLimits;
  readonly #queue = new TurnQueue<Lane, Job<Task>>();
  /** The jobs that are waiting or being computed and have a key. */
  readonly #jobsByKey = new Map<string, Job<Task>>();
  readonly #open = new Set<Job<Task>>();
  #running = 0;
  #closed = false;

  /** @throws TypeError for a limit out of range. */
  constructor(compute: (task: Task) => Promise<unknown>, limits: ScheduleLimits) {
    assertInteger('concurrency', limits.concurrency, 1);
    assertInteger('queueLimit', limits.queueLimit, 0);
    assertInteger('deadlineMs', limits.deadlineMs, 1);
    this.#compute = compute;
    this.#limits = limits;
  }

  /** How many pieces of work wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** How many tasks are being computed. */
  get running(): number {
    return this.#running;
  }

  /** @throws UndecidedError where the queue is full, the deadline passes, or the computation itself fails. */
  async run(work: Work<Task>): Promise<unknown> {
    if (this.#closed) throw closedError();
    const known = work.key === undefined ? undefined : this.#jobsByKey.get(work.key);
    const result = this.#wait(known ?? this.#admit(work));
    this.#begin();
    return result;
  }

  /** Everybody who waits is told so at once, and so is whoever comes later. */
  close(): void {
    this.#closed = true;
    for (const job of this.#open) {
      settle(job, (waiter) => {
        waiter.reject(closedError());
      });
      this.#abandon(job);
    }
  }

  #admit(work: Work<Task>): Job<Task> {
    const begins = this.#running < this.#limits.concurrency && !this.#queue.isBusy(work.lane);
    if (!begins && this.#queue.size >= this.#limits.queueLimit) throw new UndecidedError('hash_queue_full');
    const job: Job<Task> = { ...work, waiters: new Set() };
    this.#queue.add(job.lane, job);
    this.#open.add(job);
    if (job.key !== undefined) this.#jobsByKey.set(job.key, job);
    return job;
  }

  #wait(job: Job<Task>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        job.waiters.delete(waiter);
        reject(new UndecidedError('hash_deadline'));
        if (job.waiters.size === 0) this.#abandon(job);
      }, this.#limits.deadlineMs);
      const waiter: Waiter = { resolve, reject, timer };
      job.waiters.add(waiter);
    });
  }

  #begin(): void {
    while (this.#running < this.#limits.concurrency) {
      const turn = this.#queue.take();
      if (!turn) return;
      this.#running += 1;
      void this.#finish(turn.job);
    }
  }

  async #finish(job: Job<Task>): Promise<void> {
    try {
      const result = await this.#compute(job.task);
      if (job.waiters.size === 0) job.onLate?.(result);
      settle(job, (waiter) => {
        waiter.resolve(result);
      });
    } catch (cause) {
      settle(job, (waiter) => {
        waiter.reject(new UndecidedError('internal', { cause }));
      });
    }
    this.#forget(job);
    this.#running -= 1;
    this.#queue.release(job.lane);
    this.#begin();
  }

  /** Nobody waits for the job any more. One that is being computed may still be joined. */
  #abandon(job: Job<Task>): void {
    if (this.#queue.remove(job.lane, job)) this.#forget(job);
  }

  #forget(job: Job<Task>): void {
    this.#open.delete(job);
    if (job.key !== undefined) this.#jobsByKey.delete(job.key);
  }
}

function settle(job: { readonly waiters: Set<Waiter> }, tell: (waiter: Waiter) => void): void {
  for (const waiter of job.waiters) {
    clearTimeout(waiter.timer);
    tell(waiter);
  }
  job.waiters.clear();
}

function closedError(): UndecidedError {
  return new UndecidedError('internal', { cause: new Error('the hash pool is closed') });
}

function assertInteger(name: string, value: number, min: number): void {
  if (Number.isInteger(value) && value >= min) return;
  throw new TypeError(`${name} is \`${value}\`, not an integer of ${min} or more`);
}

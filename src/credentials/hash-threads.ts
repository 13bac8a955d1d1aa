import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

import { Piscina } from 'piscina';

import type { HashTask } from './hash-task.js';
import { HASH_TASK_EXPORT } from './hash-task.js';

/** Loading takes a tenth of a second; who hangs there is not waited for for ever. */
const LOADING_MS_MAX = 5_000;

/**
 * Threads that compute hashes: the first starts at once, the others when there is work for them, and all are kept. One
 * that dies takes its task with it and is replaced; a task for which no thread is left is given up, so that nothing
 * waits for ever.
 */
export class HashThreads {
  readonly #pool: Piscina<HashTask, unknown>;
  /** One for each task that is under way. */
  readonly #unsettled = new Set<AbortController>();
  /** Of every thread, what settles when it has loaded what it works with, or has ended. */
  readonly #loading = new Map<Worker, Promise<unknown>>();

  /** @param workerFile path or `file:` URL of the compiled `hash-worker.ts`. */
  constructor(workerFile: string, threads: number) {
    this.#pool = new Piscina({
      filename: workerFile,
      name: HASH_TASK_EXPORT,
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: Infinity,
    });
    // A thread died without a task: nobody is to be told, but an error without a listener ends the process.
    this.#pool.on('error', () => undefined);
    // The thread is still on the pool's list while this is emitted.
    this.#pool.on('workerDestroy', () => setImmediate(() => this.#giveUpOrphans()));
    this.#watchLoading();
  }

  /**
   * What the worker answers. Call with no more tasks at a time than there are threads.
   * @throws Error where the worker throws, or its thread dies.
   */
  async run(task: HashTask): Promise<unknown> {
    const controller = new AbortController();
    this.#unsettled.add(controller);
    try {
      const result = this.#pool.run(task, { signal: controller.signal });
      this.#watchLoading();
      return await result;
    } finally {
      this.#unsettled.delete(controller);
    }
  }

  /**
   * Ends the threads, whatever they are doing, but for one thing: a thread that is ended while it loads native code
   * takes the whole process with it.
   */
  async close(): Promise<void> {
    this.#watchLoading();
    await Promise.race([
      Promise.all(this.#loading.values()),
      delay(LOADING_MS_MAX, undefined, { ref: false }),
    ]);
    await this.#pool.destroy();
  }

  /** The pool's threads say one thing by themselves: that they are ready. */
  #watchLoading(): void {
    for (const thread of this.#pool.threads) {
      if (this.#loading.has(thread)) continue;
      const loaded = new Promise<void>((resolve) => {
        thread.once('message', () => resolve());
        thread.once('exit', () => {
          this.#loading.delete(thread);
          resolve();
        });
      });
      this.#loading.set(thread, loaded);
    }
  }

  /** The pool does not start a thread in place of one that failed to start, and leaves its tasks in the queue. */
  #giveUpOrphans(): void {
    if (this.#pool.threads.length > 0) return;
    for (const controller of this.#unsettled) controller.abort();
  }
}

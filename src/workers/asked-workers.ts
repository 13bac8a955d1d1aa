import type { Worker } from 'node:cluster';
import type { WorkerAnswers } from '../gate/ports.js';
import type { Message, Outcome, Question } from './worker-channel.js';
import { WorkerChannel } from './worker-channel.js';

/** A worker that has not answered within this does not. */
export const ANSWER_MS = 2_000;

/** Of the process that has started the workers: what one of them asks, all others are asked. */
export class AskedWorkers {
  readonly #joined = new Map<Worker, WorkerChannel>();

  /** From now on it may ask, and is asked as soon as it has joined. */
  add(worker: Worker): void {
    const channel = new WorkerChannel(worker, (question) => this.#askOthers(worker, question));
    worker.on('message', ({ type }: Message) => {
      if (type === 'gatehouse:joined') this.#joined.set(worker, channel);
    });
    worker.once('disconnect', () => this.#joined.delete(worker));
  }

  async #askOthers(asking: Worker, question: Question): Promise<WorkerAnswers<unknown>> {
    const others = [...this.#joined].filter(([worker]) => worker !== asking);
    const outcomes = others.map(async ([{ process }, channel]) => ({
      ...{ pid: process.pid ?? 0, outcome: await channel.ask(question, ANSWER_MS) },
    }));
    return answersOf(await Promise.all(outcomes));
  }
}

/** Who is gone has nothing to tell, and nothing that could be forgotten. */
function answersOf(
  asked: readonly { readonly pid: number; readonly outcome: Outcome }[],
): WorkerAnswers<unknown> {
  return {
    // One that has only just started may have no answer yet.
    answers: asked.flatMap(({ outcome }) =>
      outcome.is === 'answered' && outcome.answer !== undefined ? [outcome.answer] : [],
    ),
    silent: asked.flatMap(({ pid, outcome }) => (outcome.is === 'silent' ? [pid] : [])),
  };
}

import cluster from 'node:cluster';
import type { WorkerAnswers, Workers } from '../gate/ports.js';
import { ANSWER_MS } from './asked-workers.js';
import type { Question } from './worker-channel.js';
import { WorkerChannel } from './worker-channel.js';

/** The process that asks the others needs a little more than they may. */
const RELAYED_MS = ANSWER_MS + 500;

type Answer = (about: unknown) => Promise<unknown>;

/**
 * Of a worker: joins those that serve with it. It has to come before the first request is taken: who has not joined is
 * not asked.
 * @param onDefect is told of what keeps this worker from answering another one.
 */
export function joinWorkers(onDefect: (error: unknown) => void): Workers {
  const { worker } = cluster;
  if (!worker) throw new TypeError('this process is no worker');
  const answers = new Map<string, Answer>();
  const channel = new WorkerChannel(worker, async ({ name, about }) => {
    try {
      return await answers.get(name)?.(about);
    } catch (error) {
      onDefect(error);
      throw error;
    }
  });
  channel.send({ type: 'gatehouse:joined' });
  return {
    inAll: <About, T>(name: string, answer: (about: About) => Promise<T>) => {
      answers.set(name, answer as Answer);
      return async (about: About) => {
        const [own, others] = await Promise.all([answer(about), askOthers(channel, { name, about })]);
        return { answers: [own, ...(others.answers as readonly T[])], silent: others.silent };
      };
    },
  };
}

async function askOthers(channel: WorkerChannel, question: Question): Promise<WorkerAnswers<unknown>> {
  const outcome = await channel.ask(question, RELAYED_MS);
  return outcome.is === 'answered'
    ? (outcome.answer as WorkerAnswers<unknown>)
    : { answers: [], silent: [process.ppid] };
}

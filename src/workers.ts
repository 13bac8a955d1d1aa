/**
 * Several processes on one address: the first one starts and watches the others, which serve.
 */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry, RegistryContentType } from 'prom-client';
import { AggregatorRegistry } from 'prom-client';
import type { Logger } from './telemetry/log.js';

/** What is known of workers that serve. */
export interface ServingWorkers {
  readonly url: string;
  readonly place: string;
  /** Lets them answer what is under way, and ends them. */
  close(): Promise<void>;
}

/** A worker that ended may be started again after this. */
const RESTART_MS = 1_000;

/** Asks all workers. */
type SumOfMetrics = Pick<AggregatorRegistry<RegistryContentType>, 'clusterMetrics'>;

/** What workers and the process that started them say to each other. */
type Message =
  | { readonly type: 'gatehouse:serving'; readonly url: string; readonly place: string }
  | { readonly type: 'gatehouse:sum'; readonly id: number }
  | { readonly type: 'gatehouse:summed'; readonly id: number; readonly text?: string };

/** Whether this process is one of several that serve. */
export const isWorker: boolean = cluster.isWorker;

/**
 * Starts that many processes, and starts those again that end by themselves.
 * @throws Error where one of them ends before it serves; it has said why.
 */
export async function startWorkers(count: number, log: Logger): Promise<ServingWorkers> {
  const metrics = new AggregatorRegistry();
  let isClosing = false;
  const watch = (worker: Worker): void => {
    worker.on('message', (message: Message) => {
      if (message.type === 'gatehouse:sum') void answerSum(worker, message.id, metrics);
    });
    worker.once('exit', (code, signal) => {
      if (isClosing) return;
      log.error({ worker: worker.process.pid, code, signal }, 'a worker has ended: another one is started');
      void sleep(RESTART_MS).then(() => {
        if (!isClosing) watch(cluster.fork());
      });
    });
  };
  const close = async (): Promise<void> => {
    isClosing = true;
    const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => worker ?? []);
    await Promise.all(
      workers.map(async (worker) => {
        const ended = once(worker, 'exit');
        worker.process.kill('SIGTERM');
        await ended;
      }),
    );
  };
  try {
    const started = await Promise.all(Array.from({ length: count }, () => startWorker(watch)));
    const [first] = started;
    if (!first) throw new TypeError('there are no workers');
    return { ...first, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of a worker: tells that it serves. */
export function announceServing({ url, place }: { readonly url: string; readonly place: string }): void {
  process.send?.({ type: 'gatehouse:serving', url, place } satisfies Message);
}

/** Of a worker: the metrics of all of them, as text. @throws Error where they cannot be had in time. */
export function createMetricsSum(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries(registry);
  // This makes the worker answer when it is asked for its own.
  new AggregatorRegistry();
  let asked = 0;
  return () => {
    const id = ++asked;
    return new Promise((resolve, reject) => {
      const listen = (message: Message): void => {
        if (message.type !== 'gatehouse:summed' || message.id !== id) return;
        process.off('message', listen);
        if (message.text === undefined) reject(new Error('the metrics of the workers cannot be summed'));
        else resolve(message.text);
      };
      process.on('message', listen);
      process.send?.({ type: 'gatehouse:sum', id } satisfies Message);
    });
  };
}

async function startWorker(watch: (worker: Worker) => void): Promise<Pick<ServingWorkers, 'url' | 'place'>> {
  const worker = cluster.fork();
  const serving = new Promise<Pick<ServingWorkers, 'url' | 'place'>>((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if (message.type === 'gatehouse:serving') resolve({ url: message.url, place: message.place });
    });
    worker.once('exit', () => {
      reject(Object.assign(new Error('a worker ended before it served'), { code: 'worker_ended' }));
    });
  });
  const what = await serving;
  watch(worker);
  return what;
}

async function answerSum(worker: Worker, id: number, metrics: SumOfMetrics): Promise<void> {
  const text = await metrics.clusterMetrics().catch(() => undefined);
  const answer: Message = { type: 'gatehouse:summed', id, ...(text === undefined ? {} : { text }) };
  if (worker.isConnected()) worker.send(answer);
}

/**
 * Several processes on one address: the first one starts and watches the others, which serve.
 */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './telemetry/log.js';
import { AskedWorkers } from './workers/asked-workers.js';
import type { Message } from './workers/worker-channel.js';

/** What is known of workers that serve. */
export interface ServingWorkers {
  readonly url: string;
  readonly place: string;
  /** Lets them answer what is under way, and ends them. */
  close(): Promise<void>;
}

/** A worker that ended may be started again after this. */
const RESTART_MS = 1_000;

/** Whether this process is one of several that serve. */
export const isWorker: boolean = cluster.isWorker;

/**
 * Starts that many processes, and starts those again that end by themselves.
 * @throws Error where one of them ends before it serves; it has said why.
 */
export async function startWorkers(count: number, log: Logger): Promise<ServingWorkers> {
  const asked = new AskedWorkers();
  const fork = (): Worker => {
    const worker = cluster.fork();
    asked.add(worker);
    return worker;
  };
  let isClosing = false;
  const watch = (worker: Worker): void => {
    worker.once('exit', (code, signal) => {
      if (isClosing) return;
      log.error({ worker: worker.process.pid, code, signal }, 'a worker has ended: another one is started');
      void sleep(RESTART_MS).then(() => {
        if (!isClosing) watch(fork());
      });
    });
  };
  const close = async (): Promise<void> => {
    isClosing = true;
    const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => worker ?? []);
    const alive = workers.filter((worker) => !worker.isDead());
    await Promise.all(
      alive.map(async (worker) => {
        const ended = once(worker, 'exit');
        worker.process.kill('SIGTERM');
        await ended;
      }),
    );
  };
  try {
    const started = await Promise.all(Array.from({ length: count }, () => startWorker(fork(), watch)));
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

/** Of a worker that cannot serve: what it says to who started it would keep it alive. */
export function leaveWorkers(): void {
  cluster.worker?.disconnect();
}

async function startWorker(
  worker: Worker,
  watch: (worker: Worker) => void,
): Promise<Pick<ServingWorkers, 'url' | 'place'>> {
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

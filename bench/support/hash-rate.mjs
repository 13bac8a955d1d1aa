import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { compareSync } from 'bcrypt';

/** How many comparisons a second bcrypt alone reaches, in one plain thread for each core. */
export async function bareHashRate({ password, stored, seconds }) {
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL(import.meta.url), { workerData: { password, stored, seconds } }),
  );
  const rates = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

if (!isMainThread) {
  const { password, stored, seconds } = workerData;
  // The first one loads.
  compareSync(password, stored);
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  let count = 0;
  while (performance.now() < end) {
    if (!compareSync(password, stored)) throw new Error('bcrypt does not know the password');
    count++;
  }
  parentPort.postMessage((count * 1_000) / (performance.now() - startedAt));
}

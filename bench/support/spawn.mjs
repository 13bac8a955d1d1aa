import { spawn as spawnProcess } from 'node:child_process';

const running = new Set();

/** As Node.js has it; who still runs when the benchmark ends, or is ended, is killed. */
export function spawn(...args) {
  const child = spawnProcess(...args);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

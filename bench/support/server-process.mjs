import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawn } from './spawn.mjs';

/** Starts a server as a process of its own and waits until it says where it listens. */
export async function startServer(file, args = [], env = {}) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /http:\/\/\S+:\d+/.exec(output);
      if (found) resolve(found[0]);
    });
  });
  return {
    url,
    pid: child.pid,
    async stop(signal = 'SIGTERM') {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

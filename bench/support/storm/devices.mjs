import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const PROCESS = fileURLToPath(new URL('./device-process.mjs', import.meta.url));
const LOOK_MS = 250;

/** Devices in several processes, each of which goes on until it is in, and then as often as it is thrown out. */
export class Devices {
  #parts;
  #count;

  /** @param identities port, user name, password and client id of each. */
  constructor(identities, processes) {
    this.#count = identities.length;
    this.#parts = Array.from({ length: processes }, (_, part) => ({
      ask: asker(fork(PROCESS)),
      identities: identities.filter((_identity, i) => i % processes === part),
    }));
  }

  /** All of them begin to connect. */
  async start() {
    await Promise.all(this.#parts.map(({ ask, identities }) => ask('start', { identities })));
  }

  /** From now on nobody counts as in who has not got a subscription since. */
  async mark() {
    await this.#all('mark');
  }

  /** Waits until all are in; `alive` throws where that is in vain. */
  async untilBack(limitMs, alive) {
    const end = Date.now() + limitMs;
    for (;;) {
      alive();
      const back = (await this.#all('look')).reduce((sum, part) => sum + part, 0);
      if (back === this.#count) return;
      if (Date.now() > end) throw new Error(`${back} of ${this.#count} devices are back after ${limitMs} ms`);
      await sleep(LOOK_MS);
    }
  }

  /** @returns when each came in, how long its broker took to answer it, and failed connections by why. */
  async tell() {
    const parts = await this.#all('tell');
    const sum = (why) => parts.reduce((total, { tally }) => total + tally[why], 0);
    return {
      devices: parts.flatMap(({ devices }) => devices),
      failures: Object.fromEntries(Object.keys(parts[0].tally).map((why) => [why, sum(why)])),
    };
  }

  async stop() {
    await Promise.all(this.#parts.map(({ ask }) => ask.stop()));
  }

  #all(order) {
    return Promise.all(this.#parts.map(({ ask }) => ask(order)));
  }
}

/** Sends orders to a process, one after the other, and returns what it answers. */
function asker(child) {
  const ended = once(child, 'exit');
  let lastId = 0;
  const ask = async (order, rest = {}) => {
    const id = ++lastId;
    const answered = new Promise((resolve, reject) => {
      const listen = (message) => {
        if (message.id !== id) return;
        child.off('message', listen).off('exit', reject);
        resolve(message.answer);
      };
      child.on('message', listen).once('exit', reject);
    });
    child.send({ id, order, ...rest });
    return answered;
  };
  return Object.assign(ask, {
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  });
}

import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import mqtt from 'mqtt';
import { freePort } from './free-port.mjs';
import { spawn } from './spawn.mjs';

const PLUGIN = 'mosquitto_dynamic_security.so';
const PATH = [process.env.PATH, '/usr/sbin'].join(delimiter);
const TOPIC = '$CONTROL/dynamic-security/v1';
/** Far beyond what it needs for 100,000 clients. */
const LOAD_MS = 120_000;
const REPLY_MS = 60_000;

/** Starts Debian's Mosquitto with its dynsec plugin on a document, and connects as who may administer it. */
export async function startMosquitto({ dir, document, username, password }) {
  const port = await freePort();
  const conf = join(dir, 'mosquitto.conf');
  const lines = ['user root', `listener ${port} 127.0.0.1`, `plugin ${dynsecPlugin()}`];
  await writeFile(conf, [...lines, `plugin_opt_config_file ${document}`, ''].join('\n'));
  const child = spawn('mosquitto', ['-c', conf], { stdio: 'ignore', env: { ...process.env, PATH } });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    const client = await connect(child, `mqtt://127.0.0.1:${port}`, { username, password });
    await client.subscribeAsync(`${TOPIC}/response`);
    return {
      /** Sends commands, and returns the responses. */
      async send(commands) {
        const reply = once(client, 'message', { signal: AbortSignal.timeout(REPLY_MS) });
        await client.publishAsync(TOPIC, JSON.stringify({ commands }));
        const [, payload] = await reply;
        return JSON.parse(payload.toString()).responses;
      },
      async stop() {
        await client.endAsync(true);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** It listens once it has read the whole document. */
async function connect(child, url, login) {
  const end = Date.now() + LOAD_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    try {
      return await mqtt.connectAsync(url, { ...login, reconnectPeriod: 0 }, false);
    } catch (error) {
      if (error.code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(`mosquitto does not listen within ${LOAD_MS} ms`);
}

/** The path of Mosquitto's own dynsec plugin. */
export function dynsecPlugin() {
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, PLUGIN));
  const path = folders.find((file) => existsSync(file));
  if (!path) throw new Error(`there is no ${PLUGIN} below /usr/lib: apt-get install mosquitto`);
  return path;
}

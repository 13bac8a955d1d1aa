import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from './server-process.mjs';

const TOKEN = 'who-administers-in-the-bench-0123456789';
const READY_MS = 600_000;

/** Starts an instance on a realm in Redis, and waits until it can decide checks. */
export async function startInstance({ redisUrl, realm, dir, env = {} }) {
  const startedAt = performance.now();
  const server = await startServer('../../dist/main.js', [], {
    GATEHOUSE_LISTEN: '127.0.0.1:0',
    GATEHOUSE_DYNSEC_FILE: join(dir, 'dynamic-security.json'),
    GATEHOUSE_REDIS_URL: redisUrl,
    GATEHOUSE_REALM: realm,
    GATEHOUSE_ADMIN_TOKEN: TOKEN,
    GATEHOUSE_LOG_LEVEL: 'error',
    // Shares its machine with the load, and with Redis.
    GATEHOUSE_SHED_LOGINS_LAG: '60',
    GATEHOUSE_SHED_CHECKS_LAG: '60',
    ...env,
  });
  const instance = new Instance(server);
  try {
    await instance.ready(startedAt + READY_MS);
  } catch (error) {
    await instance.stop();
    throw error;
  }
  return Object.assign(instance, { readyMs: performance.now() - startedAt });
}

class Instance {
  #server;

  constructor(server) {
    this.#server = server;
    this.url = server.url;
    this.pid = server.pid;
    this.token = TOKEN;
  }

  async ready(end) {
    while (performance.now() < end) {
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(20);
    }
    throw new Error(`${this.url} is not ready`);
  }

  /** Sends dynsec commands, all or nothing. @returns the revision, and the responses. */
  async send(...commands) {
    const { answer, body } = await this.#call('POST', '/v1/commands?atomic=true', { commands });
    const failed = body.responses.find(({ error }) => error !== undefined);
    if (failed) throw new Error(`${failed.command}: ${failed.error}`);
    return { revision: answer.headers.get('x-gatehouse-revision'), responses: body.responses };
  }

  /** Puts a document in the place of the realm. */
  async put(document) {
    await this.#call('PUT', '/v1/document', document);
  }

  /** Answers whether a check is allowed. */
  async allows(check, fields) {
    const answer = await fetch(`${this.url}/auth/${check}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
    });
    await answer.text();
    if (answer.status !== 200 && answer.status !== 403) throw new Error(`${check}: ${answer.status}`);
    return answer.status === 200;
  }

  /** What the process takes now, and what it took at most, in MB. */
  async memory() {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    const megabytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / 1_024;
    return { rss: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  }

  stop(signal) {
    return this.#server.stop(signal);
  }

  async #call(method, path, content) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(content),
    });
    const body = await answer.json();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${body.error}`);
    return { answer, body };
  }
}

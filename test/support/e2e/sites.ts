/** A fleet of brokers: each asks an instance of its own, and all instances serve one realm from one Redis. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, headerOf, type Request } from '../http/administration.js';
import { bodyOf, call, type Answer, type Fields } from '../http/call.js';
import { metrics } from '../http/management.js';
import { startMosquitto, startMosquittoOn, type Mosquitto } from '../mosquitto.js';
import { startRedis, type RedisServer } from '../redis.js';
import { askingConfig } from './broker.js';
import { buildPlugin, type BuiltPlugin } from './build-plugin.js';
import { documentOf, type TestDocument } from './document.js';
import { eventually } from './eventually.js';
import { startGatehouse, type Gatehouse } from './gatehouse.js';

/** A broker, and the instance that it asks. */
export interface Site {
  readonly instance: Gatehouse;
  readonly broker: Mosquitto;
}

/** A fleet that runs. */
export interface Sites {
  readonly redis: RedisServer;
  /** Those that run now. */
  all(): readonly Site[];
  /** Kills all brokers and instances at once, and starts them again on the same ports; waits until they serve. */
  restart(): Promise<void>;
  /** Ends everything and leaves nothing behind. May be called again. */
  stop(): Promise<void>;
}

/** What a fleet is started with. */
export interface SitesSetup {
  readonly count: number;
  readonly document: TestDocument;
  /** Further `GATEHOUSE_*` variables. */
  readonly env?: Readonly<Record<string, string>>;
}

const READY_MS = 40_000;
const TOKEN = 'who-administers-the-sites-of-the-tests';

/** Starts a fleet, and waits until every instance has the document. */
export async function startSites(setup: SitesSetup): Promise<Sites> {
  const redis = await startRedis();
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-sites-'));
  const plugin = buildPlugin();
  const sites = new RunningSites({ redis, dir, plugin, setup });
  try {
    await sites.start();
    return sites;
  } catch (error) {
    await sites.stop();
    throw error;
  }
}

/** Has an instance do a dynsec command, without an error. @returns which instances enforce it: `all`. */
export async function tellSite(site: Site, command: object): Promise<string | undefined> {
  const request = { method: 'POST', body: { commands: [command] } };
  const answer = await askSite(site, '/commands?wait=enforced', request);
  expect(bodyOf(answer)).toEqual({ responses: [{ command: expect.any(String) as string }] });
  return headerOf(answer, 'x-gatehouse-enforced');
}

/** The sum of all samples of an instance's metrics that begin like this, 0 where there is none. */
export async function sumOf({ instance }: Site, beginning: string): Promise<number> {
  const { text } = await metrics(instance.url, `Bearer ${TOKEN}`);
  const lines = text.split('\n').filter((line) => line.startsWith(beginning));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** `/v1/status` of an instance. */
export async function statusOf(site: Site): Promise<Fields> {
  return bodyOf(await askSite(site, '/status', {}));
}

function askSite({ instance }: Site, path: string, request: Request): Promise<Answer> {
  return ask(instance, path, { as: `Bearer ${TOKEN}`, ...request });
}

interface Ground {
  readonly redis: RedisServer;
  readonly dir: string;
  readonly plugin: BuiltPlugin;
  readonly setup: SitesSetup;
}

class RunningSites implements Sites {
  #sites: readonly Site[] = [];
  /** Ends what was ever started; who has ended already does not mind. */
  readonly #endings: (() => Promise<unknown>)[] = [];

  constructor(private readonly ground: Ground) {}

  get redis(): RedisServer {
    return this.ground.redis;
  }

  all(): readonly Site[] {
    return this.#sites;
  }

  async start(): Promise<void> {
    for (let i = 0; i < this.ground.setup.count; i++) {
      const instance = await this.#startInstance();
      const broker = await startMosquitto({ config: this.#configOf(instance.port) });
      this.#endings.push(() => broker.stop());
      this.#sites = [...this.#sites, { instance, broker }];
    }
    await this.#untilReady();
    const [first] = this.#sites;
    if (!first) throw new TypeError('there are no sites');
    const body = JSON.parse(documentOf(this.ground.setup.document)) as object;
    const put = await askSite(first, '/document?wait=enforced', { body });
    if (headerOf(put, 'x-gatehouse-enforced') !== 'all') throw new Error(`the document: ${put.text}`);
  }

  async restart(): Promise<void> {
    await Promise.all(
      this.#sites.flatMap(({ instance, broker }) => [instance.stop('SIGKILL'), broker.kill()]),
    );
    this.#sites = await Promise.all(this.#sites.map((site) => this.#restartSite(site)));
    await this.#untilReady();
  }

  async stop(): Promise<void> {
    const { redis, dir, plugin } = this.ground;
    await Promise.all(this.#endings.map((end) => end()));
    plugin.remove();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }

  async #restartSite({ instance: { port }, broker: { port: brokerPort } }: Site): Promise<Site> {
    const starting = startMosquittoOn(brokerPort, { config: this.#configOf(port) }).then((broker) => {
      this.#endings.push(() => broker.stop());
      return broker;
    });
    const [broker, instance] = await Promise.all([starting, this.#startInstance(port)]);
    return { instance, broker };
  }

  #configOf(checkPort: number): (dir: string, port: number) => string {
    return (_dir, port) => askingConfig(this.ground.plugin.path, port, { checkPort });
  }

  async #startInstance(port?: number): Promise<Gatehouse> {
    const { redis, dir, setup } = this.ground;
    const instance = await startGatehouse({
      file: join(dir, 'dynamic-security.json'),
      env: { GATEHOUSE_REDIS_URL: redis.url, GATEHOUSE_ADMIN_TOKEN: TOKEN, ...setup.env },
      ...(port === undefined ? {} : { port }),
    });
    this.#endings.push(() => instance.stop('SIGKILL'));
    return instance;
  }

  async #untilReady(): Promise<void> {
    for (const { instance } of this.#sites) await eventually(() => isReady(instance), Boolean, READY_MS);
  }
}

async function isReady({ url }: Gatehouse): Promise<boolean> {
  // A connection that was kept may be one to the instance before a restart.
  const request = { method: 'GET', headers: { Connection: 'close' } };
  return (await call(url, '/health/ready', request).catch(() => undefined))?.status === 200;
}

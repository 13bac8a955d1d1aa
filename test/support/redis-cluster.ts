/** A Redis Cluster of three masters and three replicas, as real processes: see redis.ts. It fails over within seconds. */
import { askRedis, until, type RedisAccess } from './redis-ask.js';
import { startRedisOn, type RedisServer, type RedisSetup } from './redis.js';
import { freePort, onFreePort } from './server-process.js';

/** What it is started with. */
export interface ClusterSetup {
  /** For all nodes alike. */
  readonly redis?: RedisSetup;
  /** How to speak to them: passwords, TLS. */
  readonly access?: RedisAccess;
}

/** It runs. */
export interface RedisCluster {
  /** `redis+cluster://127.0.0.1:PORT,...`. */
  readonly url: string;
  /** `127.0.0.1:PORT,...` of all nodes. */
  readonly hosts: string;
  /** The first three began as masters, each with one of the others as its replica. */
  readonly nodes: readonly RedisServer[];
  /** The node that serves a key now, as most of those have it that answer. */
  masterOf(key: string): Promise<RedisServer>;
  /** Waits until another node serves the key. */
  untilMasterIsNot(former: RedisServer, key: string): Promise<RedisServer>;
  stop(): Promise<void>;
}

const MASTERS = 3;
const SLOTS = 16_384;
const NODE_OPTIONS = [
  ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', '1500'],
  ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
];

interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
}

/** Starts it and waits until every node finds it whole. */
export async function startRedisCluster(setup: ClusterSetup = {}): Promise<RedisCluster> {
  const nodes: Node[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    for (let i = 0; i < 2 * MASTERS; i += 1) nodes.push(await startNode(setup.redis ?? {}));
    await join(nodes, setup.access);
    const servers = nodes.map(({ server }) => server);
    await untilWhole(servers, setup.access);
    return describe(servers, stop, setup.access);
  } catch (error) {
    await stop();
    throw error;
  }
}

function startNode(setup: RedisSetup): Promise<Node> {
  return onFreePort(async (port) => {
    const busPort = await freePort();
    const options = [...NODE_OPTIONS, '--cluster-port', String(busPort), ...(setup.options ?? [])];
    return { server: await startRedisOn(port, { ...setup, options }), busPort };
  });
}

async function join(nodes: readonly Node[], access?: RedisAccess): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  const tell = (node: Node, ...command: (string | number)[]): Promise<unknown> =>
    askRedis(node.server, ['CLUSTER', ...command], access);
  for (const [i, node] of nodes.entries()) {
    await tell(node, 'SET-CONFIG-EPOCH', i + 1);
    if (i < MASTERS) await tell(node, 'ADDSLOTSRANGE', ...slotsOf(i));
    if (i > 0) await tell(node, 'MEET', '127.0.0.1', first.server.port, first.busPort);
  }
  const ids = await Promise.all(nodes.slice(0, MASTERS).map((node) => tell(node, 'MYID')));
  for (const [i, node] of nodes.slice(MASTERS).entries()) {
    // Until the two have heard of one another it is refused.
    await until(
      'a replica',
      () => tell(node, 'REPLICATE', String(ids[i])),
      (answer) => answer === 'OK',
    );
  }
}

function slotsOf(master: number): readonly [number, number] {
  const bound = (i: number): number => Math.floor((i * SLOTS) / MASTERS);
  return [bound(master), bound(master + 1) - 1];
}

async function untilWhole(servers: readonly RedisServer[], access?: RedisAccess): Promise<void> {
  for (const server of servers) {
    await until(
      'a whole cluster',
      async () => {
        const info = String(await askRedis(server, ['CLUSTER', 'INFO'], access));
        const slots = await askRedis(server, ['CLUSTER', 'SLOTS'], access);
        const whole = (slots as unknown[][]).filter((range) => range.length === 4);
        return `${info.includes('cluster_state:ok') ? 'ok' : 'not ok'}, ${whole.length} ranges with a replica`;
      },
      (state) => state === `ok, ${MASTERS} ranges with a replica`,
    );
  }
  for (const server of servers.slice(MASTERS)) {
    await until(
      'a replica that is up to date',
      async () => String(await askRedis(server, ['INFO', 'replication'], access)),
      (info) => info.includes('master_link_status:up'),
    );
  }
}

function describe(
  nodes: readonly RedisServer[],
  stop: () => Promise<void>,
  access?: RedisAccess,
): RedisCluster {
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const masterOf = async (key: string): Promise<RedisServer> => {
    const answers = nodes.map((node) => masterPort(node, key, access).catch(() => undefined));
    const ports = (await Promise.all(answers)).filter((port) => port !== undefined);
    const agreed = ports.find((port) => 2 * ports.filter((other) => other === port).length > ports.length);
    const found = nodes.find(({ port }) => port === agreed);
    if (!found) throw new Error(`the nodes do not agree: ${ports.join(', ')}`);
    return found;
  };
  const untilMasterIsNot = (former: RedisServer, key: string): Promise<RedisServer> =>
    until(
      'another master',
      () => masterOf(key),
      ({ port }) => port !== former.port,
    );
  return { url: `redis+cluster://${hosts}`, hosts, nodes, masterOf, untilMasterIsNot, stop };
}

async function masterPort(node: RedisServer, key: string, access?: RedisAccess): Promise<number | undefined> {
  const slot = Number(await askRedis(node, ['CLUSTER', 'KEYSLOT', key], access));
  const ranges = (await askRedis(node, ['CLUSTER', 'SLOTS'], access)) as [number, number, [string, number]][];
  return ranges.find(([from, to]) => slot >= from && slot <= to)?.[2][1];
}

/**
 * A Redis with replicas and sentinels that watch over them, as real processes: see redis.ts. They fail over within
 * seconds.
 */
import { askRedis, until, type RedisAccess } from './redis-ask.js';
import { startRedis, type RedisServer, type RedisSetup } from './redis.js';

/** What they are started with. */
export interface SentinelSetup {
  /** For master and replicas alike. */
  readonly redis?: RedisSetup;
  readonly sentinel?: RedisSetup;
  /** Further lines of sentinel.conf. */
  readonly sentinelConfig?: readonly string[];
  /** How to speak to the one and to the other: passwords, TLS. */
  readonly redisAccess?: RedisAccess;
  readonly sentinelAccess?: RedisAccess;
}

/** They run. */
export interface RedisSentinels {
  /** `redis+sentinel://127.0.0.1:PORT,.../gatehouse`. */
  readonly url: string;
  /** `127.0.0.1:PORT,...` of the sentinels. */
  readonly hosts: string;
  /** What the sentinels call the master. */
  readonly name: string;
  /** One master and two replicas. */
  readonly servers: readonly RedisServer[];
  /** Three. */
  readonly sentinels: readonly RedisServer[];
  /** The master as most sentinels have it now. */
  master(): Promise<RedisServer>;
  /** Waits until the sentinels have made another one the master. */
  untilMasterIsNot(former: RedisServer): Promise<RedisServer>;
  stop(): Promise<void>;
}

const NAME = 'gatehouse';

/** Without waiting for further replicas before a transfer, and without forgetting them while they are away. */
const REPLICATION = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];

/** Starts them and waits until every sentinel knows all others and both replicas. */
export async function startRedisSentinels(setup: SentinelSetup = {}): Promise<RedisSentinels> {
  const servers: RedisServer[] = [];
  const sentinels: RedisServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...sentinels, ...servers].map((server) => server.stop()));
  };
  const startServer = async (options: readonly string[]): Promise<void> => {
    const own = [...REPLICATION, ...options, ...(setup.redis?.options ?? [])];
    servers.push(await startRedis({ ...setup.redis, options: own }));
  };
  try {
    await startServer([]);
    const [first] = servers;
    if (!first) throw new Error('there is no master');
    for (let i = 0; i < 2; i += 1) await startServer(['--replicaof', `127.0.0.1 ${first.port}`]);
    await untilReplicated(first, setup.redisAccess);
    for (let i = 0; i < 3; i += 1) sentinels.push(await startSentinel(first.port, setup));
    await Promise.all(sentinels.map((sentinel) => untilComplete(sentinel, setup.sentinelAccess)));
    return describe({ servers, sentinels, stop }, setup.sentinelAccess);
  } catch (error) {
    await stop();
    throw error;
  }
}

function startSentinel(masterPort: number, setup: SentinelSetup): Promise<RedisServer> {
  const lines = [
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 5000`,
    `sentinel parallel-syncs ${NAME} 2`,
    ...(setup.sentinelConfig ?? []),
  ];
  return startRedis({
    ...setup.sentinel,
    files: { ...setup.sentinel?.files, 'sentinel.conf': `${lines.join('\n')}\n` },
    config: 'sentinel.conf',
    options: ['--sentinel', ...(setup.sentinel?.options ?? [])],
    ready: /Sentinel ID is/,
  });
}

function untilReplicated(master: RedisServer, access?: RedisAccess): Promise<unknown> {
  const online = /state=online/g;
  return until(
    'both replicas online',
    async () => String(await askRedis(master, ['INFO', 'replication'], access)),
    (info) => (info.match(online) ?? []).length === 2,
  );
}

function untilComplete(sentinel: RedisServer, access?: RedisAccess): Promise<unknown> {
  const count = async (what: string): Promise<number> => {
    const answer = await askRedis(sentinel, ['SENTINEL', what, NAME], access);
    return Array.isArray(answer) ? answer.length : 0;
  };
  return until(
    'a sentinel that knows all',
    async () => [await count('REPLICAS'), await count('SENTINELS')],
    ([replicas, others]) => replicas === 2 && others === 2,
  );
}

function describe(
  parts: Pick<RedisSentinels, 'servers' | 'sentinels' | 'stop'>,
  access?: RedisAccess,
): RedisSentinels {
  const hosts = parts.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const master = async (): Promise<RedisServer> => {
    const asked = parts.sentinels.map((sentinel) =>
      askRedis(sentinel, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME], access).catch(() => undefined),
    );
    const ports = (await Promise.all(asked)).map((answer) => Number((answer as string[] | undefined)?.[1]));
    const agreed = ports.find((port) => ports.filter((other) => other === port).length >= 2);
    const found = parts.servers.find(({ port }) => port === agreed);
    if (!found) throw new Error(`the sentinels do not agree: ${ports.join(', ')}`);
    return found;
  };
  const untilMasterIsNot = (former: RedisServer): Promise<RedisServer> =>
    until('another master', master, ({ port }) => port !== former.port);
  return { url: `redis+sentinel://${hosts}/${NAME}`, hosts, name: NAME, ...parts, master, untilMasterIsNot };
}

import { Cluster, Redis } from 'ioredis';
import type { RedisKey } from '../../migrate/go-auth/redis-keys.js';
import { GoAuthRedisError } from './errors.js';
import { readKeys } from './read-keys.js';

/** Where the keys are. */
export interface GoAuthRedisSource {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss:` for TLS. Of a cluster, any of its servers. */
  readonly url: string;
  /** Where the address has none. */
  readonly password?: string | undefined;
}

/** How far reading has come. */
export interface ReadingProgress {
  readonly keys: number;
  /** How many there were at the beginning. */
  readonly total: number;
}

/** What was found. */
export interface GoAuthRedisContent {
  /** Those that mosquitto-go-auth may have written. */
  readonly keys: readonly RedisKey[];
  /** How many keys there are in all. */
  readonly total: number;
}

/** Fails rather than waits: somebody sits before it, or a script. */
const COMMANDS = {
  connectTimeout: 5_000,
  commandTimeout: 30_000,
  maxRetriesPerRequest: 0,
  enableReadyCheck: false,
  // What any version speaks, and what any user may do.
  protocol: 2,
  disableClientInfo: true,
} as const;

const CONNECTION = { ...COMMANDS, lazyConnect: true, retryStrategy: () => null } as const;

/**
 * Reads all that mosquitto-go-auth has in a Redis, a single one or a cluster, and writes nothing.
 * @throws GoAuthRedisError
 */
export async function readGoAuthRedis(
  source: GoAuthRedisSource,
  onProgress: (progress: ReadingProgress) => void,
): Promise<GoAuthRedisContent> {
  const { name, redis } = openRedis(source);
  const clients: (Redis | Cluster)[] = [redis];
  // What became of a connection is told beside the call that fails for it, and would be printed if nobody listened.
  const reasons: string[] = [];
  const open = async (client: Redis | Cluster): Promise<void> => {
    client.on('error', (error: ConnectionError) => {
      reasons.push(error.lastNodeError?.message ?? error.message);
    });
    await client.connect();
  };
  try {
    await open(redis);
    const cluster = await findCluster(redis);
    if (cluster) clients.push(cluster);
    if (cluster) await open(cluster);
    // A cluster of one server may not know its own address, and names none.
    const masters = cluster?.nodes('master') ?? [];
    return await readAll(masters.length > 0 ? masters : [redis], onProgress);
  } catch (cause) {
    // A refused password is followed, or preceded, by the refusal of what comes after it.
    const reason = reasons.find((each) => each.startsWith('WRONGPASS')) ?? reasons[0];
    const message = cause instanceof Error ? cause.message : 'could not be read';
    throw new GoAuthRedisError(`${name}: ${reason ?? message}`, { cause });
  } finally {
    for (const client of clients) client.disconnect();
  }
}

interface ConnectionError extends Error {
  readonly lastNodeError?: Error;
}

function openRedis({ url, password }: GoAuthRedisSource): { readonly name: string; readonly redis: Redis } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    // SECURITY: whatever it is, it may hold a password.
    throw new GoAuthRedisError(
      'the address of Redis is not `redis://[user:password@]host[:port][/database]`',
    );
  }
  const name = `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  if (password !== undefined && parsed.password === '') parsed.password = encodeURIComponent(password);
  return { name, redis: new Redis(parsed.href, CONNECTION) };
}

/** The cluster that a server is part of; undefined for a single one, and where that may not be asked. */
async function findCluster(redis: Redis): Promise<Cluster | undefined> {
  const info = await redis.info('cluster').catch(() => '');
  if (!info.includes('cluster_enabled:1')) return undefined;
  const { host = '127.0.0.1', port = 6379, username, password, tls } = redis.options;
  return new Cluster([{ host, port }], {
    lazyConnect: true,
    enableReadyCheck: false,
    clusterRetryStrategy: () => null,
    redisOptions: {
      ...COMMANDS,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
    },
  });
}

async function readAll(
  nodes: readonly Redis[],
  onProgress: (progress: ReadingProgress) => void,
): Promise<GoAuthRedisContent> {
  const sizes = await Promise.all(nodes.map((node) => node.dbsize()));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const keys: (readonly RedisKey[])[] = [];
  let looked = 0;
  for (const node of nodes) {
    const found = await readKeys(node, (amount) => {
      looked += amount;
      onProgress({ keys: looked, total: Math.max(total, looked) });
    });
    keys.push(found);
  }
  return { keys: keys.flat(), total: looked };
}

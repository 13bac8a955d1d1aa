import { createSecureContext } from 'node:tls';
import { Cluster, Redis } from 'ioredis';
import type { ConnectionRole, ConnectionSetup, RedisTls } from './connection-options.js';
import { clusterOptions, reconnectDelayMs, redisOptions } from './connection-options.js';
import type { ConnectionListener } from './connection-watch.js';
import { ConnectionWatch } from './connection-watch.js';
import { takeLateErrors } from './late-errors.js';
import type { RedisAddress } from './redis-address.js';
import type { RedisConnection } from './redis-scripts.js';

/** What connections are opened with. */
export interface ConnectionsSetup {
  /** Of this process; letters, digits and `-`. CLIENT LIST shows `gatehouse:<instanceId>:<role>`. */
  readonly instanceId: string;
  readonly tls?: RedisTls;
  readonly listener: ConnectionListener;
}

/**
 * The connections of a process. Each connects by itself, again and again, and never gives up. A command fails at once
 * where there is no connection, when it is lost, and where the server says nothing for 2.5 s; one that blocks does so
 * for {@link BLOCK_MS_MAX} at most.
 */
export interface Connections {
  /** For XREAD BLOCK alone. */
  readonly follow: RedisConnection;
  /** For what writes, and WAIT. Nothing is ever sent twice. */
  readonly commit: RedisConnection;
  /** For everything else; commands of one turn of the event loop go out together, but for those of `SENT_AT_ONCE`. */
  readonly read: RedisConnection;
  /** Ends all three within 2 s, whatever the servers do; what is under way fails. */
  close(): Promise<void>;
}

/** Longer than it takes to cut a connection that does not close. */
const CLOSE_MS_MAX = 2_000;

/**
 * Begins to connect; returns before anything is connected.
 * @throws TypeError where what is given for TLS is no certificate, no key, or not a pair.
 */
export function openConnections(address: RedisAddress, setup: ConnectionsSetup): Connections {
  assertUsable(setup.tls);
  const open = (role: ConnectionRole): OpenConnection => openConnection(address, role, setup);
  const [follow, commit, read] = [open('follow'), open('commit'), open('read')];
  return {
    follow: follow.connection,
    commit: commit.connection,
    read: read.connection,
    close: async () => {
      await Promise.all([follow.close(), commit.close(), read.close()]);
    },
  };
}

interface OpenConnection {
  readonly connection: RedisConnection;
  close(): Promise<void>;
}

/** Otherwise each attempt to connect would fail for it, for ever. */
function assertUsable(tls: RedisTls | undefined): void {
  try {
    createSecureContext({ ...tls });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw new TypeError(`the certificates or the key for Redis cannot be used: ${reason}`, { cause });
  }
}

function openConnection(
  address: RedisAddress,
  role: ConnectionRole,
  setup: ConnectionsSetup,
): OpenConnection {
  const { instanceId, tls, listener } = setup;
  const watch = new ConnectionWatch(role, listener);
  const connection = createConnection({
    address,
    role,
    name: `gatehouse:${instanceId}:${role}`,
    onReconnect: (reason) => {
      watch.leave(reason);
    },
    ...(tls ? { tls } : {}),
  });
  watch.watch(connection);
  const stopReopening = reopenWhenEnded(connection);
  let ended: Promise<void> | undefined;
  return {
    connection,
    close: () => {
      watch.stop();
      stopReopening();
      return (ended ??= end(connection));
    },
  };
}

function createConnection(setup: ConnectionSetup): RedisConnection {
  if (setup.address.kind !== 'cluster') {
    const redis = new Redis(redisOptions(setup));
    takeLateErrors(redis);
    return redis;
  }
  const cluster = new Cluster([...setup.address.hosts], clusterOptions(setup));
  cluster.on('+node', takeLateErrors);
  if (setup.role === 'commit') connectEagerly(cluster);
  return cluster;
}

/**
 * Nodes of a cluster connect with the first command, and refuse the ones that come meanwhile.
 * INVARIANT: not before `ready`, for the check that comes before it takes no node that is about to connect.
 */
function connectEagerly(cluster: Cluster): void {
  const connect = (node: Redis): void => {
    if (cluster.status === 'ready' && node.status === 'wait' && !node.options.readOnly) {
      node.connect().catch(ignore);
    }
  };
  cluster.on('ready', () => {
    cluster.nodes('master').forEach(connect);
  });
  // The command for which a node is added is sent first.
  cluster.on('+node', (node: Redis) => setImmediate(connect, node));
}

/** ioredis gives up for good where sentinels announce a failover just while it asks one of them for the master. */
function reopenWhenEnded(connection: RedisConnection): () => void {
  let timer: NodeJS.Timeout | undefined;
  let times = 0;
  const reopen = (): void => {
    times += 1;
    timer = setTimeout(() => {
      connection.connect().catch(ignore);
    }, reconnectDelayMs(times));
  };
  connection.on('end', reopen).on('ready', () => (times = 0));
  return () => {
    clearTimeout(timer);
    connection.off('end', reopen);
  };
}

/** Why a connection cannot be made is told by its events. */
function ignore(): void {
  // Nothing to do.
}

async function end(connection: RedisConnection): Promise<void> {
  const { status } = connection;
  // Between two attempts nothing is open, and nothing will be told.
  const isOpen = !['wait', 'reconnecting', 'end'].includes(status);
  const ended = isOpen ? endOf(connection) : undefined;
  connection.disconnect();
  await ended;
  // A connection that was just being made may have set up its watch over the sentinels meanwhile.
  if (status === 'connecting' && !connection.isCluster) connection.disconnect();
}

function endOf(connection: RedisConnection): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_MS_MAX);
    connection.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

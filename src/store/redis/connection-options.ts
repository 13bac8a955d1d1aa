import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-address.js';
import { FairSentinelConnector } from './sentinel-connector.js';

/** What a connection is for: XREAD BLOCK; the scripts that write, and WAIT; everything else. */
export type ConnectionRole = 'follow' | 'commit' | 'read';

/** PEM, for TLS beyond what the system trusts. */
export interface RedisTls {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

/** What one connection is opened with. */
export interface ConnectionSetup {
  readonly address: RedisAddress;
  readonly tls?: RedisTls;
  readonly role: ConnectionRole;
  /** As CLIENT LIST shows it. */
  readonly name: string;
  /** Is told why ioredis leaves a connection by itself. */
  readonly onReconnect: (reason: string) => void;
}

/** For how long a command may block, XREAD and WAIT alike. */
export const BLOCK_MS_MAX = 1_000;

/**
 * A broker has one login under way, so that there is hardly ever a second GET to send together with the first; making a
 * pipeline for one costs as much again as the command (a fifth of the time of a reconnect storm).
 */
const SENT_AT_ONCE = ['get'] as const;

/** A server that says nothing for so long while an answer is due is left. Above {@link BLOCK_MS_MAX}. */
const SILENCE_MS_MAX = 2_500;

/** How long a connection may take to close before it is cut. */
const DISCONNECT_MS_MAX = 500;

/** How often sentinels are asked whether a master without replicas is still the one. */
const DOUBT_EVERY_MS = 2_000;

const RECONNECT_MS_MAX = 500;
const RECONNECT_MS_MIN = 50;

/** How long to wait before the next attempt, with jitter: 500 ms at most, for ever. @param times 1 for the first. */
export function reconnectDelayMs(times: number): number {
  const limit = Math.min(RECONNECT_MS_MIN * 2 ** Math.min(times - 1, 10), RECONNECT_MS_MAX);
  return Math.round((limit * (1 + Math.random())) / 2);
}

/**
 * For a single server, and for the master that sentinels name. Nothing is sent twice and nothing waits for a
 * connection: what is under way when one is lost fails.
 */
export function redisOptions(setup: ConnectionSetup) {
  const { address, role } = setup;
  return {
    ...nodeOptions(setup),
    db: address.db,
    ...(address.sentinel ? sentinelOptions(setup) : address.hosts[0]),
    enableOfflineQueue: false,
    enableAutoPipelining: role === 'read',
    autoPipeliningIgnoredCommands: [...SENT_AT_ONCE],
    retryStrategy: reconnectDelayMs,
    reconnectOnError: leaveOnError(setup),
  } satisfies RedisOptions;
}

/**
 * After which errors a connection is left, since another one may find the master: it has become a replica; or it has lost
 * its replicas, and sentinels may have replaced it where that was not heard.
 */
function leaveOnError({ address, onReconnect }: ConnectionSetup): (error: Error) => boolean {
  let doubtedAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const isDoubtful =
      address.kind === 'sentinel' &&
      message.startsWith('NOREPLICAS') &&
      performance.now() - doubtedAt > DOUBT_EVERY_MS;
    if (isDoubtful) doubtedAt = performance.now();
    const isLeft = isDoubtful || message.startsWith('READONLY');
    if (isLeft) onReconnect(message);
    return isLeft;
  };
}

/** For a cluster. What a node refuses because another one has the slot is sent there; otherwise as {@link redisOptions}. */
export function clusterOptions(setup: ConnectionSetup) {
  const { role } = setup;
  return {
    redisOptions: nodeOptions(setup),
    enableOfflineQueue: false,
    enableAutoPipelining: role === 'read',
    autoPipeliningIgnoredCommands: [...SENT_AT_ONCE],
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections: 16,
    // A connection that was lost leaves open whether the command was run; the other errors say that it was not.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 100,
    retryDelayOnTryAgain: 100,
    retryDelayOnMoved: 50,
    slotsRefreshTimeout: 1_000,
    slotsRefreshInterval: 5_000,
    // Names stay names, for certificates are made out to them.
    dnsLookup: (hostname, callback) => {
      callback(null, hostname);
    },
  } satisfies ClusterOptions;
}

function nodeOptions({ address, tls, name }: ConnectionSetup) {
  return {
    ...address.login,
    ...(address.hasTls ? { tls: { ...tls } } : {}),
    connectionName: name,
    // The name says who it is; the rest would be one more right that the user of Redis needs.
    disableClientInfo: true,
    connectTimeout: SILENCE_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    disconnectTimeout: DISCONNECT_MS_MAX,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: RECONNECT_MS_MAX,
  } satisfies RedisOptions;
}

function sentinelOptions({ address, tls }: ConnectionSetup) {
  const { hosts, hasTls, sentinel } = address;
  const { username, password } = sentinel?.login ?? {};
  return {
    sentinels: hosts.map((host) => ({ ...host })),
    name: sentinel?.name,
    sentinelUsername: username,
    sentinelPassword: password,
    enableTLSForSentinelMode: hasTls,
    ...(sentinel?.hasTls ? { sentinelTLS: { ...tls } } : {}),
    sentinelCommandTimeout: BLOCK_MS_MAX,
    sentinelRetryStrategy: reconnectDelayMs,
    sentinelReconnectStrategy: reconnectDelayMs,
    failoverDetector: true,
    Connector: FairSentinelConnector,
  } satisfies RedisOptions;
}

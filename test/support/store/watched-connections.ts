/** Connections to a Redis of a test, with all that their listener was told. */
import type { ConnectionRole, RedisTls } from '../../../src/store/redis/connection-options.js';
import type { Connections } from '../../../src/store/redis/connections.js';
import { openConnections } from '../../../src/store/redis/connections.js';
import { parseRedisAddress } from '../../../src/store/redis/redis-address.js';
import { until } from '../redis-ask.js';

/** They are open. */
export interface WatchedConnections extends Connections {
  /** `follow connected`, `read lost: REASON`, in order. */
  readonly events: readonly string[];
  /** Waits until all three are connected. */
  untilConnected(): Promise<void>;
  /** Waits until that connection is connected once more than when this was called. */
  untilConnectedAgain(role: ConnectionRole): Promise<void>;
}

/** Opens them. */
export function openWatched(url: string, tls?: RedisTls): WatchedConnections {
  const events: string[] = [];
  const connections = openConnections(parseRedisAddress(url), {
    instanceId: 'test-1',
    ...(tls ? { tls } : {}),
    listener: {
      connected: (role) => events.push(`${role} connected`),
      lost: (role, reason) => events.push(`${role} lost: ${reason}`),
    },
  });
  const count = (role: ConnectionRole): number =>
    events.filter((event) => event === `${role} connected`).length;
  const untilCount = async (role: ConnectionRole, least: number): Promise<void> => {
    await until(
      () => `${role} connected; told so far: ${events.join('; ')}`,
      () => count(role),
      (times) => times >= least,
    );
  };
  return {
    ...connections,
    events,
    untilConnected: async () => {
      for (const role of ['follow', 'commit', 'read'] as const) await untilCount(role, 1);
    },
    untilConnectedAgain: (role) => untilCount(role, count(role) + 1),
  };
}

import type { RedisConfig } from '../../src/config/serve-config.js';
import { parseRedisAddress } from '../../src/store/redis/redis-address.js';

/** What a service is told of the Redis that its realm is in; what is not given is as an operator finds it. */
export function redisSettings(url: string, given: Partial<Omit<RedisConfig, 'address'>> = {}): RedisConfig {
  return {
    address: parseRedisAddress(url),
    tls: {},
    realm: 'default',
    waitReplicas: 0,
    maxStalenessMs: 300_000,
    ...given,
  };
}

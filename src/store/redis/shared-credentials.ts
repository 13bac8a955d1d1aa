import type { SharedCredentials } from '../../gate/ports.js';
import type { RealmKeys } from './redis-keys.js';
import type { RedisConnection } from './redis-scripts.js';

/** The tags of verified logins in Redis, one key for each user name, which Redis itself lets go. */
export class RedisSharedCredentials implements SharedCredentials {
  /** @param redis somebody else's connection, which is used and never closed. */
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Pick<RealmKeys, 'verified'>,
  ) {}

  async get(username: string): Promise<string | undefined> {
    return (await this.redis.get(this.keys.verified(username))) ?? undefined;
  }

  async set(username: string, tag: string, ttlMs: number): Promise<void> {
    await this.redis.set(this.keys.verified(username), tag, 'PX', ttlMs);
  }
}

import type { Cluster, Redis } from 'ioredis';
import type { SharedCredentials } from '../../gate/ports.js';

/**
 * Where the tag of a user name is kept, away from the keys of the realm, so that a cluster spreads them. No realm's name
 * holds a `/`, so that no two meet.
 */
export function verifiedKey(realm: string, username: string): string {
  return `gatehouse:verified:{${realm}/${username}}`;
}

/** The tags of verified logins in Redis, one key for each user name, which Redis itself lets go. */
export class RedisSharedCredentials implements SharedCredentials {
  /** @param redis somebody else's connection, which pipelines; it is used, never closed. */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly realm: string,
  ) {}

  async get(username: string): Promise<string | undefined> {
    return (await this.redis.get(verifiedKey(this.realm, username))) ?? undefined;
  }

  async set(username: string, tag: string, ttlMs: number): Promise<void> {
    await this.redis.set(verifiedKey(this.realm, username), tag, 'PX', ttlMs);
  }

  async delete(usernames: readonly string[]): Promise<void> {
    await Promise.all(usernames.map((username) => this.redis.unlink(verifiedKey(this.realm, username))));
  }
}

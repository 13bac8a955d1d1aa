import { HOLD_ALL } from '../../../../src/store/redis/client-holding.js';
import { RealmFollower } from '../../../../src/store/redis/realm-follower.js';
import { realmKeys } from '../../../../src/store/redis/redis-keys.js';
import { loadRedisScripts } from '../../../../src/store/redis/redis-scripts.js';
import type { RedisServer } from '../../../support/redis.js';
import { startRedis } from '../../../support/redis.js';
import type { OpenRedisStore } from '../../../support/store/redis-store.js';
import { openRedisStore, SCRIPTS_FOLDER } from '../../../support/store/redis-store.js';
import { send } from '../../../support/store/send.js';

describe('a follower of a realm', () => {
  let redis: RedisServer;
  let opened: OpenRedisStore;
  beforeAll(async () => {
    redis = await startRedis();
    opened = await openRedisStore(redis.url);
  });
  afterAll(async () => {
    await opened.close();
    await redis.stop();
  });

  /** One that tells how many questions it asked at a time, at most, and how often it has read everything. */
  async function follow(): Promise<{ follower: RealmFollower; seen: { atOnce: number; restarts: number } }> {
    const scripts = await loadRedisScripts(SCRIPTS_FOLDER);
    const seen = { atOnce: 0, restarts: 0 };
    const { changesSince } = scripts;
    const ask = changesSince.run.bind(changesSince);
    let asking = 0;
    changesSince.run = async (...args) => {
      seen.atOnce = Math.max(seen.atOnce, ++asking);
      try {
        return await ask(...args);
      } finally {
        asking--;
      }
    };
    const follower = new RealmFollower({
      connection: opened.connections.read,
      keys: realmKeys('default'),
      scripts,
      holding: HOLD_ALL,
      policy: { sharedSubscriptions: 'dynsec', allowAnonymous: false },
      listener: {
        read: () => undefined,
        damaged: () => undefined,
        advanced: () => undefined,
        restarted: () => seen.restarts++,
      },
    });
    await follower.catchUp();
    return { follower, seen };
  }

  it('asks one question at a time, also where it is asked again as soon as it has answered', async () => {
    const { follower, seen } = await follow();
    const first = follower.catchUp();
    const again = first.then(() => follower.catchUp());
    const second = follower.catchUp();
    await Promise.all([first, again, second]);
    expect(seen.atOnce).toBe(1);
  });

  it('shares the work of who asks meanwhile, and takes what was written before each call', async () => {
    const { follower } = await follow();
    const calls = [];
    for (let i = 0; i < 20; i++) {
      const { revision } = await send(opened.store, { command: 'createClient', username: `c${i}` });
      calls.push(
        follower.catchUp().then(() => [follower.realm.snapshot().client(`c${i}`)?.username, revision]),
      );
    }
    const found = await Promise.all(calls);
    expect(found.map(([username]) => username)).toEqual(found.map((_, i) => `c${i}`));
    expect(follower.realm.revision).toBe(found.at(-1)?.[1]);
  });

  it('reads everything where that is asked for, whatever is under way', async () => {
    const { follower, seen } = await follow();
    expect(seen.restarts).toBe(1);
    const running = follower.catchUp();
    await Promise.all([follower.reread(), running]);
    expect(seen.restarts).toBe(2);
    await follower.catchUp();
    expect(seen.restarts).toBe(2);
  });
});

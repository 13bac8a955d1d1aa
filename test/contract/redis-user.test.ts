import { randomUUID } from 'node:crypto';
import { checkServer } from '../../src/store/redis/check-server.js';
import { realmKeys } from '../../src/store/redis/redis-keys.js';
import { RedisSharedCredentials } from '../../src/store/redis/shared-credentials.js';
import type { Secrets } from '../support/deploy/secrets.js';
import { createSecrets } from '../support/deploy/secrets.js';
import { askRedis } from '../support/redis-ask.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import type { OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { durableStoreContract, realmStoreContract } from './realm-store-contract.js';

/** Root may do what an operator may do by hand, to look at the others. */
const ROOT = { username: 'root', password: 'root' };

/** What the user may do and these tests have no occasion to see. */
const UNSEEN: readonly string[] = [];

describe('the user that docs/deploy.md gives to gatehouse', () => {
  let secrets: Secrets;
  let server: RedisServer;
  let url: string;
  beforeAll(async () => {
    secrets = createSecrets();
    const users = `${secrets.read('redis-users.acl')}\nuser root on >root ~* &* +@all\n`;
    server = await startRedis({
      options: ['--aclfile', 'users.acl', '--appendonly', 'yes'],
      files: { 'users.acl': users },
    });
    url = secrets.read('redis-url').replace('@redis:6379', `@127.0.0.1:${server.port}`);
  });
  afterAll(async () => {
    await server.stop();
    secrets.remove();
  });

  const open = (realm: string, document: object): Promise<OpenRedisStore> =>
    openRedisStore(url, { realm, document });

  realmStoreContract('as that user', (document) => open(randomUUID(), document));

  durableStoreContract('as that user', async (document) => {
    const realm = randomUUID();
    let opened = await open(realm, document);
    return {
      store: () => opened.store,
      reopen: async () => {
        await opened.close();
        opened = await open(realm, document);
      },
      close: () => opened.close(),
    };
  });

  it('may ask whether Redis can be trusted, and share credentials', async () => {
    const { connections, close } = await openRedisStore(url, { replicas: 1 });
    try {
      const check = { kind: 'sentinel', probeKey: realmKeys('default').probe(randomUUID()) } as const;
      expect((await checkServer(connections.read, check)).refusals).toEqual([]);
      const credentials = new RedisSharedCredentials(connections.read, 'default');
      await credentials.set('alice', 'tag', 60_000);
      expect(await credentials.get('alice')).toBe('tag');
      expect(await connections.commit.wait(0, 1)).toBe(0);
    } finally {
      await close();
    }
  });

  it('was refused nothing, and may do nothing that is not needed', async () => {
    expect(await askRedis(server, ['ACL', 'LOG'], ROOT)).toEqual([]);
    const stats = String(await askRedis(server, ['INFO', 'commandstats'], ROOT));
    const used = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, name = '']) => name);
    const granted = [...secrets.read('redis-users.acl').matchAll(/ \+([^\s@]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(granted.filter((name) => !used.includes(name))).toEqual(UNSEEN);
  });

  it.each([
    ['of others', ['GET', 'other']],
    ['that empties Redis', ['FLUSHALL']],
    ['that lists all keys', ['KEYS', 'gatehouse:*']],
    ['that changes the configuration', ['CONFIG', 'SET', 'appendonly', 'no']],
    ['on users', ['ACL', 'LIST']],
  ] as const)('may do nothing %s', async (_case, command) => {
    const access = { username: 'gatehouse', password: secrets.read('redis-password') };
    await expect(askRedis(server, command, access)).rejects.toThrow('NOPERM');
  });

  it('is not the one that anybody is, who may do nothing but ask whether Redis is there', async () => {
    expect(await askRedis(server, ['PING'])).toBe('PONG');
    await expect(askRedis(server, ['HGETALL', realmKeys('default').meta])).rejects.toThrow('NOPERM');
  });
});

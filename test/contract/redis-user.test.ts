import { randomUUID } from 'node:crypto';
import { checkServer } from '../../src/store/redis/check-server.js';
import { realmKeys } from '../../src/store/redis/redis-keys.js';
import { RedisSharedCredentials } from '../../src/store/redis/shared-credentials.js';
import type { Secrets } from '../support/deploy/secrets.js';
import { createSecrets } from '../support/deploy/secrets.js';
import { askRedis } from '../support/redis-ask.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import type { OpenRedisStore } from '../support/store/redis-store.js';
import { openRedisStore } from '../support/store/redis-store.js';
import { durableStoreContract, realmStoreContract } from './realm-store-contract.js';

/** Root may do what an operator may do by hand, to look at the others. */
const ROOT = { username: 'root', password: 'root' };

/** Who asks whether Redis is there. */
const PROBE = { username: 'probe', password: 'any' };

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
      const credentials = new RedisSharedCredentials(connections.read, realmKeys('default'));
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
    const [, rules = ''] = /^user gatehouse (.*)$/m.exec(secrets.read('redis-users.acl')) ?? [];
    const granted = [...rules.matchAll(/ \+(\S+)/g)].map(([, name = '']) => name);
    expect(granted.filter((name) => !used.includes(name))).toEqual([]);
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

  it('is let in by its password alone, as is nobody else', async () => {
    await expect(askRedis(server, ['PING'])).rejects.toThrow('NOAUTH');
    const wrong = { username: 'gatehouse', password: 'wrong' };
    await expect(askRedis(server, ['PING'], wrong)).rejects.toThrow('WRONGPASS');
    expect(await askRedis(server, ['PING'], PROBE)).toBe('PONG');
    await expect(askRedis(server, ['HGETALL', realmKeys('default').meta], PROBE)).rejects.toThrow('NOPERM');
  });
});

describe('that user on a cluster', () => {
  it('needs the rights more that docs/deploy.md names', async () => {
    const secrets = createSecrets();
    const [, rules = ''] = /^user (gatehouse .*)$/m.exec(secrets.read('redis-users.acl')) ?? [];
    const user = [...rules.split(' '), '+cluster|slots', '+cluster|info', '+readonly', '+readwrite'];
    const redis = await startRedisCluster({ redis: { options: ['--user', ...user] } });
    try {
      const login = `gatehouse:${secrets.read('redis-password')}@`;
      const { store, close } = await openRedisStore(redis.url.replace('://', `://${login}`));
      expect(store.health().ready).toBe(true);
      await close();
      for (const node of redis.nodes) expect(await askRedis(node, ['ACL', 'LOG'])).toEqual([]);
    } finally {
      await redis.stop();
      secrets.remove();
    }
  });
});

/** What becomes of remembered logins in a Redis that instances share, when a change ends them. */
import { parseRedisAddress } from '../../src/store/redis/redis-address.js';
import { realmKeys } from '../../src/store/redis/redis-keys.js';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { ask, execute, login } from '../support/http/administration.js';
import { ADMIN_TOKEN } from '../support/http/management.js';
import type { RedisServer } from '../support/redis.js';
import { askRedis } from '../support/redis-ask.js';
import type { RedisCluster } from '../support/redis-cluster.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startRedis } from '../support/redis.js';
import type { TestService, TestServiceOptions } from '../support/service.js';
import { startTestService } from '../support/service.js';
import { IN_CONTACT, untilState } from '../support/fleet/fleet.js';

const PASSWORD = 'of every device';
const KEY = 'under-which-the-tests-remember-0123456789';
const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

const keyOf = (username: string): string => realmKeys('default').verified(username);

async function startInstances(
  url: string,
  count: number,
  settings: TestServiceOptions['settings'] = {},
): Promise<readonly TestService[]> {
  const services: TestService[] = [];
  for (let i = 0; i < count; i++) {
    const redis = {
      ...{ address: parseRedisAddress(url), tls: {}, realm: 'default' },
      ...{ waitReplicas: 0, maxStalenessMs: 300_000 },
    };
    const service = await startTestService({
      document: '{}',
      settings: { adminTokens: [ADMIN_TOKEN], credentialKeys: [KEY], redis, ...settings },
    });
    services.push(service);
    await untilState(service, IN_CONTACT);
  }
  return services;
}

/** Puts the devices in place, and has each of them log in, until that is remembered. */
async function letIn(
  services: readonly TestService[],
  exists: (key: string) => Promise<boolean>,
): Promise<void> {
  const clients = NAMES.map((username) => ({ username, password: PASSWORD, roles: ['device'] }));
  const document = documentOf({ clients, roles: { device: allowAll('devices/%u/#') } });
  const [first] = services;
  if (!first) throw new TypeError('there are instances');
  await ask(first, '/document?force=true', { body: JSON.parse(document) as object });
  for (const username of NAMES) {
    for (const service of services)
      await eventually(
        () => login(service, username, PASSWORD),
        (status) => status === 200,
      );
    await eventually(
      () => exists(keyOf(username)),
      (isThere) => isThere,
    );
  }
}

/** What ends the login of each, and what does not. */
const ENDING = [
  { command: 'disableClient', username: 'a' },
  { command: 'deleteClient', username: 'b' },
  { command: 'setClientPassword', username: 'c', password: 'another one' },
  { command: 'modifyClient', username: 'd', textname: 'a device' },
];

describe('on one Redis', () => {
  let server: RedisServer;
  let services: readonly TestService[] = [];
  const exists = async (key: string): Promise<boolean> => (await askRedis(server, ['EXISTS', key])) === 1;
  const remembered = async (): Promise<readonly string[]> => {
    const flags = await Promise.all(NAMES.map((username) => exists(keyOf(username))));
    return NAMES.filter((_, i) => flags[i]);
  };

  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(services.map((service) => service.close()));
    await server.stop();
  });

  it('a remembered login is gone in the commit that ends it, and in no other', async () => {
    services = await startInstances(server.url, 2);
    await letIn(services, exists);
    const [first] = services;
    const before = await unlinks();
    await execute(first as TestService, ENDING);
    expect(await remembered()).toEqual(['d', 'e']);
    // By whoever has made the change, once: those who follow delete nothing.
    await eventually(
      () => login(services[1] as TestService, 'a', PASSWORD),
      (status) => status === 403,
    );
    expect(await unlinks()).toBe(before + 3);
  });

  it('a client that is new ends nothing, and one whose login was not remembered does no harm', async () => {
    services = await startInstances(server.url, 1);
    await letIn(services, exists);
    const before = await unlinks();
    const [first] = services;
    const created = Array.from({ length: 20 }, (_, i) => ({
      ...{ command: 'createClient', username: `new-${i}`, password: PASSWORD },
    }));
    await execute(first as TestService, created);
    expect(await unlinks()).toBe(before);
    await execute(first as TestService, [{ command: 'deleteClient', username: 'new-1' }]);
    expect(await remembered()).toEqual(NAMES);
  });

  it('a change is made all the same where its user may not touch what is remembered', async () => {
    await askRedis(server, [
      ...(['ACL', 'SETUSER', 'limited', 'on', '>secret', '+@all', '~gatehouse:{default}:*'] as const),
    ]);
    services = await startInstances(server.url.replace('://', '://limited:secret@'), 1);
    await letIn(services, () => Promise.resolve(true));
    const [first] = services;
    const { responses } = await execute(first as TestService, ENDING);
    expect(responses.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await login(first as TestService, 'a', PASSWORD)).toBe(403);
    expect(await login(first as TestService, 'd', PASSWORD)).toBe(200);
  });

  it('a large document ends those of the clients that it changes, soon', async () => {
    services = await startInstances(server.url, 2);
    await letIn(services, exists);
    const others = Array.from({ length: 6_000 }, (_, i) => ({ username: `other-${i}` }));
    const [first] = services;
    const { text } = await ask(first as TestService, '/document?hashes=true', { method: 'GET' });
    const document = JSON.parse(text) as { clients: { username: string; disabled?: boolean }[] };
    const clients = document.clients.map((client) =>
      client.username === 'a' ? { ...client, disabled: true } : client,
    );
    const changed = {
      ...document,
      clients: [...clients.filter(({ username }) => username !== 'b'), ...others],
    };
    await ask(first as TestService, '/document?force=true', { body: changed });
    await eventually(remembered, (names) => names.join() === 'c,d,e');
  });

  it('a password that is hashed anew goes on being remembered, on all instances', async () => {
    services = await startInstances(server.url, 3, {
      rehash: true,
      passwordHash: { form: 'pbkdf2-sha512', cost: 20_000 },
    });
    await letIn(services, exists);
    const [first, ...others] = services;
    const isReplaced = async (): Promise<boolean> => {
      const { text } = await ask(first as TestService, '/document?hashes=true', { method: 'GET' });
      return (JSON.parse(text) as { clients: { encoded_password?: string }[] }).clients.every(
        ({ encoded_password }) => encoded_password?.startsWith('$7$20000$'),
      );
    };
    await eventually(isReplaced, (is) => is);
    await eventually(remembered, (names) => names.length === NAMES.length);
    // Whoever has followed takes the login of the new hash from there.
    for (const service of others)
      for (const username of NAMES) expect(await login(service, username, PASSWORD)).toBe(200);
    expect(await remembered()).toEqual(NAMES);
  });

  async function unlinks(): Promise<number> {
    const stats = String(await askRedis(server, ['INFO', 'commandstats']));
    return Number(/cmdstat_unlink:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }
});

describe('on a cluster', () => {
  it('a remembered login is gone soon after the commit that ends it', async () => {
    const cluster: RedisCluster = await startRedisCluster();
    let services: readonly TestService[] = [];
    try {
      const exists = async (key: string): Promise<boolean> =>
        (await askRedis(await cluster.masterOf(key), ['EXISTS', key])) === 1;
      services = await startInstances(cluster.url, 2);
      await letIn(services, exists);
      await execute(services[0] as TestService, ENDING);
      for (const [username, isThere] of [
        ...(['a', 'b', 'c'] as const).map((name) => [name, false] as const),
        ...(['d', 'e'] as const).map((name) => [name, true] as const),
      ])
        await eventually(
          () => exists(keyOf(username)),
          (is) => is === isThere,
        );
    } finally {
      await Promise.all(services.map((service) => service.close()));
      await cluster.stop();
    }
  });
});

/** What logins cost, counted by the metrics of the service. */
import {
  changesOf,
  documentText,
  login,
  send,
  startAdministered,
  succeed,
} from '../support/http/administration.js';
import { ask, headerOf } from '../support/http/administration.js';
import { Redis } from 'ioredis';
import { parseRedisAddress } from '../../src/store/redis/redis-address.js';
import { bodyOf, call, check } from '../support/http/call.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';
import { ADMIN_TOKEN, MANAGEMENT_DOCUMENT, metrics, RIGHT_PASSWORD } from '../support/http/management.js';
import type { TestService, TestServiceOptions } from '../support/service.js';
import { eventually } from '../support/e2e/eventually.js';
import { PASSWORD_CASES } from '../support/stored-passwords.js';

const services: TestService[] = [];

async function start(options: Partial<TestServiceOptions> = {}): Promise<TestService> {
  const service = await startAdministered(options);
  services.push(service);
  return service;
}

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
});

/** One sample of the metrics, 0 where there is none. */
async function sample(service: TestService, name: string): Promise<number> {
  const { text } = await metrics(service.url, `Bearer ${ADMIN_TOKEN}`);
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

const comparisons = (service: TestService): Promise<number> =>
  sample(service, 'gatehouse_hash_duration_seconds_count{kind="compare"}');

async function logins(service: TestService, ...passwords: readonly string[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const password of passwords) statuses.push(await login(service, 'device', password));
  return statuses;
}

async function untilReady({ url }: TestService): Promise<void> {
  await eventually(
    () => call(url, '/health/ready', { method: 'GET' }),
    ({ status }) => status === 200,
  );
}

describe('a login', () => {
  it('is compared once, and again after its password, and nothing else, has changed', async () => {
    const service = await start();
    expect(await logins(service, RIGHT_PASSWORD, RIGHT_PASSWORD, RIGHT_PASSWORD)).toEqual([200, 200, 200]);
    expect(await comparisons(service)).toBe(1);
    await succeed(service, { command: 'modifyClient', username: 'device', textname: 'a device' });
    expect(await logins(service, RIGHT_PASSWORD, 'no', 'no')).toEqual([200, 403, 403]);
    expect(await comparisons(service)).toBe(2);
    await succeed(service, { command: 'setClientPassword', username: 'device', password: 'new' });
    expect(await logins(service, RIGHT_PASSWORD, 'new', 'new')).toEqual([403, 200, 200]);
    expect(await comparisons(service)).toBe(4);
  });

  it('is refused as soon as the client is disabled or gone, and compared again when it is enabled again', async () => {
    const service = await start();
    expect(await logins(service, RIGHT_PASSWORD)).toEqual([200]);
    await succeed(service, { command: 'disableClient', username: 'device' });
    expect(await logins(service, RIGHT_PASSWORD)).toEqual([403]);
    await succeed(service, { command: 'enableClient', username: 'device' });
    expect(await logins(service, RIGHT_PASSWORD, RIGHT_PASSWORD)).toEqual([200, 200]);
    expect(await comparisons(service)).toBe(3);
    await succeed(service, { command: 'deleteClient', username: 'device' });
    expect(await logins(service, RIGHT_PASSWORD)).toEqual([403]);
    await succeed(service, { command: 'createClient', username: 'device', password: 'new' });
    expect(await logins(service, RIGHT_PASSWORD, 'new')).toEqual([403, 200]);
  });

  it('is compared again after the caches were emptied, of its user name or of all', async () => {
    const service = await start();
    await logins(service, RIGHT_PASSWORD, 'no', RIGHT_PASSWORD);
    const cleared = await ask(service, '/caches?username=device', { method: 'DELETE' });
    expect(bodyOf(cleared)).toEqual({ cleared: { credentials: 1, refusals: 1 } });
    await logins(service, RIGHT_PASSWORD);
    await ask(service, '/caches', { method: 'DELETE' });
    await logins(service, RIGHT_PASSWORD);
    expect(await comparisons(service)).toBe(4);
    expect(bodyOf(await ask(service, '/status'))).toMatchObject({
      caches: {
        credentials: { entries: 1, hits: 1, misses: 4 },
        refusals: { entries: 0, hits: 0, misses: 4 },
      },
    });
  });

  it('is undecided when too many of its user name have failed, known or not, but for who is remembered', async () => {
    const service = await start({ settings: { adminTokens: [ADMIN_TOKEN], hashBudgetUsername: 2 } });
    expect(await logins(service, RIGHT_PASSWORD, 'a', 'b', 'c', RIGHT_PASSWORD)).toEqual([
      ...[200, 403, 403, 503, 200],
    ]);
    for (const [password, status] of [
      ['a', 403],
      ['b', 403],
      ['c', 503],
    ] as const) {
      const answer = await check(service.url, '/auth/user', { username: 'nobody', password, clientid: 'c' });
      expect([answer.status, status === 503 && bodyOf(answer)]).toEqual([
        status,
        status === 503 && { ok: false, error: 'undecided: hash_budget' },
      ]);
    }
    expect(await sample(service, 'gatehouse_hash_budget_refusals_total{budget="username"}')).toBe(2);
  });

  it('says at the start that a key without Redis is of no use', async () => {
    const service = await start({
      settings: { adminTokens: [ADMIN_TOKEN], credentialKeys: [RIGHT_PASSWORD.repeat(3)] },
    });
    const text = service.log.text();
    expect([text.includes('GATEHOUSE_CREDENTIAL_KEY'), text.includes(RIGHT_PASSWORD)]).toEqual([true, false]);
  });
});

describe('a login of a fleet on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('is compared once, whatever restarts, until its password is changed by any instance', async () => {
    const settings = {
      adminTokens: [ADMIN_TOKEN],
      credentialKeys: ['a key that all instances of the test have'],
      redis: {
        address: parseRedisAddress(redis.url),
        ...{ tls: {}, realm: 'fleet', waitReplicas: 0, maxStalenessMs: 300_000 },
      },
    };
    const [one, other] = [await start({ settings }), await start({ settings })];
    await untilReady(one);
    await succeed(one, { command: 'createClient', username: 'device', password: RIGHT_PASSWORD });
    expect(await logins(one, RIGHT_PASSWORD)).toEqual([200]);
    const reader = new Redis(redis.port, '127.0.0.1');
    await eventually(
      () => reader.keys('*'),
      (keys) => keys.includes('gatehouse:verified:{fleet/device}'),
    );
    // Until then the other instance may not have heard of the client.
    await eventually(
      () => login(other, 'device', RIGHT_PASSWORD),
      (status) => status === 200,
    );
    await one.restart();
    await untilReady(one);
    expect(await logins(one, RIGHT_PASSWORD)).toEqual([200]);
    for (const service of [one, other]) {
      expect(await sample(service, 'gatehouse_shared_credential_lookups_total{result="hit"}')).toBe(1);
    }
    expect(await comparisons(one)).toBe(0);
    await succeed(one, { command: 'setClientPassword', username: 'device', password: 'new' });
    await eventually(
      () => login(other, 'device', 'new'),
      (status) => status === 200,
    );
    expect(await logins(other, RIGHT_PASSWORD, 'new')).toEqual([403, 200]);
    await succeed(one, { command: 'disableClient', username: 'device' });
    await eventually(
      () => reader.exists('gatehouse:verified:{fleet/device}'),
      (count) => count === 0,
    );
    reader.disconnect();
  });
});

describe('GATEHOUSE_REHASH', () => {
  const weak = PASSWORD_CASES.find(({ what }) => what.startsWith("Mosquitto 2.0's own"))?.stored;
  const document = { ...MANAGEMENT_DOCUMENT, clients: [{ username: 'device', ...weak }] };

  it('stores a weak hash anew after a login, kicks nobody, and has the next login cost nothing', async () => {
    const service = await start({ document, settings: { adminTokens: [ADMIN_TOKEN], rehash: true } });
    expect(await logins(service, 'no', RIGHT_PASSWORD)).toEqual([403, 200]);
    await eventually(
      () => documentText(service),
      (text) => text.includes('$7$1000$'),
    );
    await eventually(
      () => sample(service, 'gatehouse_rehashes_total{outcome="replaced"}'),
      (count) => count === 1,
    );
    const before = await comparisons(service);
    expect(await logins(service, RIGHT_PASSWORD, 'no')).toEqual([200, 403]);
    expect(await comparisons(service)).toBe(before + 1);
    const { changes } = await changesOf(service);
    expect(changes.at(-1)).toMatchObject({
      by: 'rehash',
      from: '',
      commands: ['rehash'],
      touched: { clients: ['device'] },
    });
    const kicked = await ask(service, `/changes/${changes.at(-1)?.revision ?? ''}/kick`);
    expect([kicked.status, bodyOf(kicked)]).toMatchObject([200, { kicked: [], totalCount: 0 }]);
    await service.restart();
    expect(await logins(service, RIGHT_PASSWORD)).toEqual([200]);
  });

  it('is off unless it is switched on', async () => {
    const service = await start({ document });
    expect(await logins(service, RIGHT_PASSWORD)).toEqual([200]);
    const answer = await send(service, { commands: [{ command: 'getClient', username: 'device' }] });
    expect(headerOf(answer, 'x-gatehouse-revision')).toBe((await changesOf(service)).head);
    expect(await documentText(service)).not.toContain('$7$');
  });
});

/**
 * What outages of Redis do to a fleet: instances as processes, brokers that ask all the while, an administrator who goes
 * on changing the realm. The servers, the brokers and the administrator are those of the tests.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD, QUICK_HASH, deviceNames, deviceRealm } from '../support/devices.mjs';
import { percentile } from '../support/figures.mjs';
import { startInstance } from '../support/instance.mjs';
import '../support/typescript.mjs';

const test = (name) => import(`../../test/support/${name}.ts`);
const { startRedis } = await test('redis');
const { startRedisSentinels } = await test('redis-sentinel');
const { startRedisCluster } = await test('redis-cluster');
const { deviceChecks, startBrokers } = await test('fleet/simulated-brokers');
const { startChanges } = await test('fleet/steady-changes');

const INSTANCES = 3;
const BROKERS_EACH = 2;
const DEVICES = deviceNames(20);
/** How long Redis is away where it does not come back by itself. */
const AWAY_MS = 6_000;
/** For how long there is load before and after. */
const AROUND_MS = 2_000;
const PROMISE_MS = 10_000;
const GIVE_UP_MS = 60_000;
const REALM = 'outages';
const KEY = `gatehouse:{${REALM}}:meta`;

const single = () => startRedis(['--appendonly', 'yes']);
const sentinels = async () => {
  const redis = await startRedisSentinels({ redis: { options: ['--min-replicas-to-write', '1'] } });
  return Object.assign(redis, {
    now: () => redis.master(),
    next: (former) => redis.untilMasterIsNot(former),
  });
};
const cluster = async () => {
  const redis = await startRedisCluster();
  return Object.assign(redis, {
    now: () => redis.masterOf(KEY),
    next: (former) => redis.untilMasterIsNot(former, KEY),
  });
};

/** `run` answers when Redis is there again: it takes connections, or most have agreed on another master. */
const OUTAGES = [
  {
    name: 'one Redis, killed and started',
    start: single,
    run: async (redis) => {
      await redis.signal('SIGKILL');
      await sleep(AWAY_MS);
      await redis.restart();
    },
    keepsAll: true,
  },
  {
    name: 'one Redis, hung and resumed',
    start: single,
    run: async (redis) => {
      await redis.signal('SIGSTOP');
      await sleep(AWAY_MS);
      await redis.signal('SIGCONT');
    },
    keepsAll: true,
  },
  { name: 'sentinels, master killed', start: sentinels, run: (redis) => failOver(redis, 'SIGKILL') },
  { name: 'sentinels, master hung', start: sentinels, run: (redis) => failOver(redis, 'SIGSTOP') },
  { name: 'cluster, master killed', start: cluster, run: (redis) => failOver(redis, 'SIGKILL') },
  { name: 'cluster, master hung', start: cluster, run: (redis) => failOver(redis, 'SIGSTOP') },
];

export async function outages() {
  const rows = [];
  for (const outage of OUTAGES) rows.push(...(await withFleet(outage)));
  return rows;
}

async function failOver(redis, signal) {
  const former = await redis.now();
  await former.signal(signal);
  await redis.next(former);
}

async function withFleet(outage) {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const instances = [];
  const redis = await outage.start();
  try {
    const place = { redisUrl: redis.url, dir, realm: REALM, env: { GATEHOUSE_HASH_BUDGET: '0' } };
    for (let i = 0; i < INSTANCES; i++) instances.push(await startInstance(place));
    await instances[0].put(deviceRealm(DEVICES, QUICK_HASH));
    return await measure(outage, redis, instances);
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
    await redis.stop();
    await rm(dir, { recursive: true });
  }
}

async function measure(outage, redis, instances) {
  const urls = instances.map(({ url }) => url);
  const checks = DEVICES.flatMap((name, i) =>
    deviceChecks(name, PASSWORD, DEVICES[(i + 1) % DEVICES.length]),
  );
  // All of them have the devices.
  await sleep(AROUND_MS);
  const brokers = startBrokers({ urls, checks, brokersEach: BROKERS_EACH, pauseMs: 0 });
  const changes = startChanges(urls, 'made', instances[0].token);
  await sleep(AROUND_MS);
  const contact = watchContact(urls);
  const beganAt = performance.now();
  await outage.run(redis);
  const backAt = performance.now();
  await contact.untilFound();
  const foundAt = performance.now();
  await sleep(AROUND_MS);
  await Promise.all([brokers.stop(), changes.stop(), contact.stop()]);
  const written = await namesOf(instances[0]);
  return [
    contactRow(outage, contact, { beganAt, backAt }),
    checksRow(outage, brokers, { beganAt, foundAt }),
    changesRow(outage, changes, written),
  ];
}

/** Asks each instance, again and again, whether it is in contact. */
function watchContact(urls) {
  let isOver = false;
  const lost = urls.map(() => undefined);
  const found = urls.map(() => undefined);
  const watch = async (url, i) => {
    while (!isOver) {
      const { policy } = await (await fetch(`${url}/health/ready`)).json();
      const isThere = policy.state === 'current';
      if (!isThere) [lost[i], found[i]] = [lost[i] ?? performance.now(), undefined];
      else if (lost[i] !== undefined) found[i] ??= performance.now();
      await sleep(10);
    }
  };
  const running = urls.map(watch);
  return {
    lost,
    found,
    untilFound: async () => {
      const end = performance.now() + GIVE_UP_MS;
      while (found.includes(undefined) && performance.now() < end) await sleep(10);
    },
    stop: async () => {
      isOver = true;
      await Promise.all(running);
    },
  };
}

function contactRow({ name }, { lost, found }, { beganAt, backAt }) {
  const ms = Math.max(...found.map((at) => (at ?? Infinity) - backAt), 0);
  const away = Math.max(...found) - Math.min(...lost);
  return {
    what: `${name}: from Redis back to contact of all ${INSTANCES} instances`,
    target: 'at most 10 s',
    measured: seconds(ms),
    isMet: ms <= PROMISE_MS,
    detail: `Redis was away for ${seconds(backAt - beganAt)}, some instance without contact for ${seconds(away)}`,
  };
}

function checksRow({ name }, { records, wrong }, { beganAt, foundAt }) {
  const meanwhile = records.filter(({ endedAt, startedAt }) => endedAt > beganAt && startedAt < foundAt);
  const count = (status) => meanwhile.filter((record) => record.status === status).length;
  const times = meanwhile.map(({ startedAt, endedAt }) => endedAt - startedAt);
  const [p99, longest] = [percentile(times, 0.99), percentile(times, 1)];
  const other = meanwhile.length - count(200) - count(403) - count(503);
  return {
    what: `${name}: checks meanwhile that were answered wrongly, or not`,
    target: '0',
    measured: String(wrong().length),
    isMet: wrong().length === 0 && other === 0,
    detail:
      `${meanwhile.length} checks: ${count(200)} allowed, ${count(403)} denied, ${count(503)} undecided; ` +
      `p99 ${p99.toFixed(1)} ms, longest ${longest.toFixed(0)} ms`,
  };
}

function changesRow({ name, keepsAll = false }, { written, refused, unknown, odd }, names) {
  const lost = written.filter((username) => !names.has(username)).length;
  const ghosts = refused.filter((username) => names.has(username)).length;
  return {
    what: `${name}: changes that were answered wrongly${keepsAll ? ', or lost' : ''}`,
    target: '0',
    measured: String(ghosts + odd.length + (keepsAll ? lost : 0)),
    isMet: ghosts + odd.length + (keepsAll ? lost : 0) === 0,
    detail: `${written.length} written, ${lost} of them lost; ${refused.length} refused, ${unknown.length} unknown`,
  };
}

async function namesOf({ url, token }) {
  const answer = await fetch(`${url}/v1/document`, { headers: { Authorization: `Bearer ${token}` } });
  const { clients } = await answer.json();
  return new Set(clients.map(({ username }) => username));
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

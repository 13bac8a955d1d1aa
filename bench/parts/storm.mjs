/**
 * A fleet reconnects: remembered in Redis, all instances restarted just before; and remembered nowhere.
 * `BENCH_DEVICES` asks for another size than 20,000.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashSync } from 'bcrypt';
import { Connection } from '../support/connection.mjs';
import { aclBody, deviceNames, deviceRealm, PASSWORD, QUICK_HASH, reconnect } from '../support/devices.mjs';
import { percentile } from '../support/figures.mjs';
import { bareHashRate } from '../support/hash-rate.mjs';
import { startInstance } from '../support/instance.mjs';
import { hashesComputed, readMetrics } from '../support/metrics.mjs';
import { startRedis } from '../support/redis.mjs';
import { median, ratioRow } from '../support/report.mjs';
import { startServer } from '../support/server-process.mjs';

const DEVICES = Number(process.env.BENCH_DEVICES ?? 20_000);
const BROKERS = 8;
const INSTANCES = 2;
const ROUNDS = 3;
const BCRYPT_COST = 10;
const COLD_SECONDS = 8;
/** Far apart, so that they do not compete for the cores. */
const PROBE_MS = 10;
const REMEMBERED_MS = 30_000;

/** What a fleet of instances is run with; that they shed load under it would be a finding. */
const ENV = {
  GATEHOUSE_CREDENTIAL_KEY: 'under-which-the-bench-remembers-0123456789',
  GATEHOUSE_SHED_LOGINS_LAG: '0.5',
  GATEHOUSE_SHED_CHECKS_LAG: '3',
};

export async function storm() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  try {
    const place = { redisUrl: server.url, dir, env: ENV };
    return [
      ...(await rememberedRows(server, { ...place, realm: 'remembered' })),
      ...(await coldRows({ ...place, realm: 'cold' })),
    ];
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

async function rememberedRows({ redis }, place) {
  const names = deviceNames(DEVICES);
  await withInstances(place, async (instances) => {
    await instances[0].put(deviceRealm(names, QUICK_HASH));
    await untilAll(instances, names.at(-1));
    const warming = await comeBack(instances, names, { loginsOnly: true });
    if (warming.refused > 0) throw new Error(`${warming.refused} devices did not get in`);
    await untilRemembered(redis);
  });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await withBareServers((servers) => comeBack(servers, names));
    rounds.push({ bare, ...(await withInstances(place, (instances) => storming(instances, names))) });
  }
  const middle = (pick) => median(rounds.map(pick));
  const ms = (pick, part) => middle((round) => percentile(pick(round).times, part)).toFixed(2);
  const { hashes, found, refused } = rounds.reduce(addUp);
  const all = DEVICES * ROUNDS;
  return [
    ratioRow({
      what: `reconnect storm, ${count(DEVICES)} devices, remembered in Redis`,
      ratio: middle(({ ours, bare }) => ours.perSecond / bare.perSecond),
      atLeast: 0.4,
      detail:
        `${middle(({ ours }) => ours.seconds).toFixed(1)} s against ${middle(({ bare }) => bare.seconds).toFixed(1)}; ` +
        `p50 ${ms(({ ours }) => ours, 0.5)} ms against ${ms(({ bare }) => bare, 0.5)}, ` +
        `p99 ${ms(({ ours }) => ours, 0.99)} against ${ms(({ bare }) => bare, 0.99)}`,
    }),
    {
      what: 'reconnect storm: hashes computed',
      target: 'none',
      measured: `${hashes}`,
      isMet: hashes === 0 && refused === 0 && found === all,
      detail: `in ${ROUNDS} storms ${found} of ${all} logins found in Redis, ${refused} calls not allowed`,
    },
  ];
}

/** What the storm took, and what the instances say of it. They have just been started. */
async function storming(instances, names) {
  const ours = await comeBack(instances, names);
  const metrics = await Promise.all(instances.map(readMetrics));
  const sum = (...line) => metrics.reduce((total, metric) => total + metric(...line), 0);
  return {
    ours,
    hashes: await hashesComputed(instances),
    found: sum('gatehouse_shared_credential_lookups_total', { result: 'hit' }),
    refused: ours.refused,
  };
}

/** One instance; each round lets others in, since whoever was in is remembered. */
async function coldRows(place) {
  const stored = hashSync(PASSWORD, BCRYPT_COST);
  const names = deviceNames(10_000);
  const [warm, ...others] = names;
  const instance = await startInstance({ ...place, env: { ...ENV, GATEHOUSE_PASSWORD_HASH: 'bcrypt' } });
  try {
    await instance.put(deviceRealm(names, stored));
    await untilAll([instance], warm);
    const probe = await startProbe(instance, warm);
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const bare = await bareHashRate({ password: PASSWORD, stored, seconds: COLD_SECONDS / 2 });
      const idle = await probe.during(sleep((COLD_SECONDS * 1_000) / 2));
      const coming = others.splice(0, Math.ceil(bare * (round === 0 ? 1 : COLD_SECONDS)));
      const before = await hashesComputed([instance]);
      const storming = reconnect({ urls: [instance.url], names: coming, brokers: BROKERS, loginsOnly: true });
      const busy = await probe.during(storming);
      const { seconds, refused } = await storming;
      const hashes = (await hashesComputed([instance])) - before;
      if (hashes < coming.length - refused) throw new Error(`${hashes} hashes for ${coming.length} devices`);
      const perSecond = (coming.length - refused) / seconds;
      // The first one warms up.
      if (round > 0) rounds.push({ bare, perSecond, refused, idle, busy });
    }
    probe.close();
    return coldTable(rounds);
  } finally {
    await instance.stop();
  }
}

function coldTable(rounds) {
  const middle = (pick) => median(rounds.map(pick));
  const refused = rounds.reduce((sum, round) => sum + round.refused, 0);
  return [
    ratioRow({
      what: `cold storm: logins against bcrypt ${BCRYPT_COST} alone on all cores`,
      ratio: middle(({ perSecond, bare }) => perSecond / bare),
      atLeast: 0.9,
      detail: `${middle(({ perSecond }) => perSecond).toFixed(1)} a second against ${middle(({ bare }) => bare).toFixed(1)}, ${refused} refused`,
    }),
    ratioRow({
      what: 'cold storm: p99 of warm ACL checks meanwhile against idle',
      ratio: middle(({ idle, busy }) => percentile(busy, 0.99) / percentile(idle, 0.99)),
      atMost: 5,
      detail:
        `${middle(({ busy }) => percentile(busy, 0.99)).toFixed(2)} ms against ` +
        `${middle(({ idle }) => percentile(idle, 0.99)).toFixed(2)}, one check every ${PROBE_MS} ms`,
    }),
  ];
}

/** Another broker, whose clients are in already: one ACL check after the other, with pauses. */
async function startProbe({ url }, username) {
  const connection = await Connection.open(url);
  const body = aclBody(username, 2);
  return {
    /** How long each check took until then, in ms. */
    async during(until) {
      let isOver = false;
      until.finally(() => (isOver = true)).catch(() => undefined);
      const times = [];
      while (!isOver) {
        const startedAt = performance.now();
        const status = await connection.post('/auth/acl', body);
        times.push(performance.now() - startedAt);
        if (status !== 200) throw new Error(`an ACL check was answered ${status}`);
        await sleep(PROBE_MS);
      }
      return times;
    },
    close: () => connection.close(),
  };
}

function comeBack(servers, names, options = {}) {
  return reconnect({ urls: servers.map(({ url }) => url), names, brokers: BROKERS, ...options });
}

/** As many as there are instances. */
async function withBareServers(use) {
  const servers = await Promise.all(
    Array.from({ length: INSTANCES }, () => startServer('./bare-server.mjs')),
  );
  return useAndStop(servers, use);
}

async function withInstances(place, use) {
  const instances = await Promise.all(Array.from({ length: INSTANCES }, () => startInstance(place)));
  return useAndStop(instances, use);
}

async function useAndStop(servers, use) {
  try {
    return await use(servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** Until each of them knows the realm that was put in place. */
async function untilAll(instances, username) {
  for (const instance of instances) {
    const check = JSON.parse(aclBody(username, 2));
    await until(async () => instance.allows('acl', check), `${instance.url} does not know \`${username}\``);
  }
}

/** Nobody waits for what is written there. */
async function untilRemembered(redis) {
  const isThere = async () => (await redis.keys('gatehouse:verified:*')).length >= DEVICES;
  await until(isThere, 'not all logins are remembered in Redis');
}

async function until(isTrue, problem) {
  const end = performance.now() + REMEMBERED_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(problem);
    await sleep(100);
  }
}

function addUp(a, b) {
  return { hashes: a.hashes + b.hashes, found: a.found + b.found, refused: a.refused + b.refused };
}

function count(number) {
  return number.toLocaleString('en-US');
}

/**
 * Wrong passwords at full speed: what a fleet that reconnects meanwhile feels of it. `BENCH_DEVICES` asks for another
 * size than 6,000.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashSync } from 'bcrypt';
import { Connection } from '../support/connection.mjs';
import { deviceNames, deviceRealm, loginBody, PASSWORD, QUICK_HASH, reconnect } from '../support/devices.mjs';
import { startInstance } from '../support/instance.mjs';
import { startRedis } from '../support/redis.mjs';
import { median } from '../support/report.mjs';
import { startServer } from '../support/server-process.mjs';

const DEVICES = Number(process.env.BENCH_DEVICES ?? 6_000);
const BROKERS = 8;
/** As many brokers again, none of whose devices has the right password. */
const ATTACKERS = 8;
const ROUNDS = 3;
/** Clients whose hashes take their time, so that guesses keep all hash threads busy. */
const VICTIMS = 2_000;
/** After that, what there is of a budget is spent. */
const SPENDING_MS = 3_000;
const RSS_GROWTH_MB_MAX = 64;

export async function attack() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  try {
    return await fleetRows({ redisUrl: server.url, dir });
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

/** The budget decides what a wrong password costs: a hash each, or nothing but the answer. */
const KINDS = {
  'every guess is hashed': { GATEHOUSE_HASH_BUDGET: '0', GATEHOUSE_HASH_BUDGET_USERNAME: '0' },
  'the budget is spent': { GATEHOUSE_HASH_BUDGET: '60' },
};

async function fleetRows(place) {
  const bare = await startServer('./bare-server.mjs');
  try {
    const rows = [];
    for (const [name, env] of Object.entries(KINDS)) {
      const instance = await startInstance({ ...place, realm: 'attacked', env: { ...DEFAULTS, ...env } });
      try {
        rows.push(...(await attackedRows(name, instance, bare)));
      } finally {
        await instance.stop();
      }
    }
    return rows;
  } finally {
    await bare.stop();
  }
}

/** What everybody gets: that load is shed would be a finding. */
const DEFAULTS = { GATEHOUSE_SHED_LOGINS_LAG: '0.5', GATEHOUSE_SHED_CHECKS_LAG: '3' };

async function attackedRows(name, instance, bare) {
  const names = deviceNames(DEVICES);
  const victims = deviceNames(VICTIMS, 'victim');
  const realm = deviceRealm(names, QUICK_HASH);
  const { clients } = deviceRealm(victims, hashSync(PASSWORD, 10));
  await instance.put({ ...realm, clients: [...realm.clients, ...clients] });
  const fleet = (server) => reconnect({ urls: [server.url], names, brokers: BROKERS });
  await fleet(instance);
  const before = await instance.memory();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const slowdownOf = async (server) => {
      const calm = await fleet(server);
      const attackers = await startAttack(server, [...names, ...victims]);
      await sleep(SPENDING_MS);
      const attacked = await fleet(server);
      return { slowdown: attacked.seconds / calm.seconds, calm, attacked, tries: await attackers.stop() };
    };
    rounds.push({ bare: await slowdownOf(bare), ours: await slowdownOf(instance) });
  }
  const after = await instance.memory();
  return attackTable(name, rounds, after.rss - before.rss);
}

function attackTable(name, rounds, growthMb) {
  const middle = (pick) => median(rounds.map(pick));
  const refused = rounds.reduce((sum, { ours }) => sum + ours.calm.refused + ours.attacked.refused, 0);
  const slowdown = middle(({ ours, bare }) => ours.slowdown / bare.slowdown);
  const tries = (side) => middle((round) => round[side].tries.perSecond).toFixed(0);
  return [
    {
      what: `attack, ${name}: a fleet's slowdown against the bare server's`,
      target: 'at most 1.25',
      measured: slowdown.toFixed(2),
      isMet: slowdown <= 1.25 && refused === 0,
      detail:
        `${middle(({ ours }) => ours.slowdown).toFixed(2)} against ${middle(({ bare }) => bare.slowdown).toFixed(2)}, ` +
        `${tries('ours')} guesses a second against ${tries('bare')}; ${refused} calls of the fleet not allowed`,
    },
    {
      what: `attack, ${name}: memory`,
      target: `at most ${RSS_GROWTH_MB_MAX} MB`,
      measured: `${growthMb.toFixed(0)} MB more`,
      isMet: growthMb <= RSS_GROWTH_MB_MAX,
      detail: `after ${rounds.reduce((sum, { ours }) => sum + ours.tries.count, 0)} guesses`,
    },
  ];
}

/** One name that there is, one that there is not, and so on, each with another password. */
async function startAttack(server, known) {
  const connections = await Promise.all(Array.from({ length: ATTACKERS }, () => Connection.open(server.url)));
  let isOver = false;
  let count = 0;
  const guess = async (connection) => {
    while (!isOver) {
      const name = count++ % 2 === 0 ? known[(count * 7_919) % known.length] : randomName();
      await connection.post('/auth/user', loginBody(name, randomName()));
    }
  };
  const startedAt = performance.now();
  const guessing = connections.map(guess);
  return {
    async stop() {
      isOver = true;
      await Promise.all(guessing);
      for (const connection of connections) connection.close();
      return { count, perSecond: (count * 1_000) / (performance.now() - startedAt) };
    },
  };
}

function randomName() {
  return randomBytes(8).toString('hex');
}

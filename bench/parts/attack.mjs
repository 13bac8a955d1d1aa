/**
 * Wrong passwords at full speed: what a fleet that reconnects meanwhile feels of it, and whether the time of a refusal
 * tells which user names there are. `BENCH_DEVICES` asks for another size than 20,000, `BENCH_TRIES` for another number
 * of timed refusals.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import { Connection } from '../support/connection.mjs';
import { deviceNames, deviceRealm, loginBody, PASSWORD, QUICK_HASH, reconnect } from '../support/devices.mjs';
import { mannWhitney } from '../support/figures.mjs';
import { startInstance } from '../support/instance.mjs';
import { startRedis } from '../support/redis.mjs';
import { median } from '../support/report.mjs';
import { startServer } from '../support/server-process.mjs';

const DEVICES = Number(process.env.BENCH_DEVICES ?? 20_000);
const TRIES = Number(process.env.BENCH_TRIES ?? 10_000);
const BROKERS = 8;
/** As many brokers again, none of whose devices has the right password. */
const ATTACKERS = 8;
const ROUNDS = 3;
/** Clients whose hashes take their time, so that guesses keep all hash threads busy. */
const VICTIMS = 2_000;
const RSS_GROWTH_MB_MAX = 64;
/** Chance alone says so in one run of a thousand. */
const P_MIN = 0.001;

export async function attack() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  try {
    return [...(await fleetRows({ redisUrl: server.url, dir })), await timeRow({ redisUrl: server.url, dir })];
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

/** The budget decides what a wrong password costs: a hash each, or nothing but the answer. */
const BUDGETS = {
  'every guess is hashed': { GATEHOUSE_HASH_BUDGET: '0', GATEHOUSE_HASH_BUDGET_USERNAME: '0' },
  'the budget is spent': { GATEHOUSE_HASH_BUDGET: '1' },
};

async function fleetRows(place) {
  const bare = await startServer('./bare-server.mjs');
  try {
    const rows = [];
    for (const [name, env] of Object.entries(BUDGETS)) {
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
  const connections = await Promise.all(
    Array.from({ length: ATTACKERS }, () => Connection.open(server.url)),
  );
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

/**
 * Each name is tried once, one try at a time, both kinds in random order: no budget and no memory of refusals has a
 * part in it. The hashes are the cheapest that brokers store, behind which little can hide.
 */
async function timeRow(place) {
  const existing = Array.from({ length: TRIES }, randomName);
  const unknown = Array.from({ length: TRIES }, randomName);
  const instance = await startInstance({
    ...{ ...place, realm: 'timed' },
    env: { ...DEFAULTS, GATEHOUSE_HASH_BUDGET: '0' },
  });
  try {
    await instance.put(deviceRealm(existing, QUICK_HASH));
    const connection = await Connection.open(instance.url);
    // The first ones compile what the others run.
    await timeTries(connection, shuffled(Array.from({ length: TRIES }, randomName), 'unknown'));
    const tries = shuffled([...existing, ...unknown], (i) => (i < TRIES ? 'existing' : 'unknown'));
    const times = await timeTries(connection, tries);
    connection.close();
    return timeTable(times);
  } finally {
    await instance.stop();
  }
}

function shuffled(names, kindOf) {
  const tries = names.map((name, i) => ({ name, kind: typeof kindOf === 'string' ? kindOf : kindOf(i) }));
  for (let i = tries.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [tries[i], tries[j]] = [tries[j], tries[i]];
  }
  return tries;
}

/** In µs, by kind. */
async function timeTries(connection, tries) {
  const times = { existing: [], unknown: [] };
  for (const { name, kind } of tries) {
    const body = loginBody(name, randomName());
    const startedAt = process.hrtime.bigint();
    const status = await connection.post('/auth/user', body);
    times[kind].push(Number(process.hrtime.bigint() - startedAt) / 1_000);
    if (status !== 403) throw new Error(`a wrong password was answered ${status}`);
  }
  return times;
}

function timeTable({ existing, unknown }) {
  const { effect, p } = mannWhitney(existing, unknown);
  const [there, notThere] = [median(existing), median(unknown)];
  return {
    what: 'attack: refusals of existing and of unknown names, told apart by time',
    target: `p at least ${P_MIN}`,
    measured: `p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`,
    isMet: p >= P_MIN,
    detail:
      `effect ${effect.toFixed(3)} (0.5 is none), medians ${there.toFixed(1)} and ${notThere.toFixed(1)} µs of ` +
      `${existing.length} each; ${visibleShift(existing, unknown)} µs would have been seen`,
  };
}

/** By how much one kind would have to be slower for the test to say so: that it can. */
function visibleShift(existing, unknown) {
  const centred = unknown.map((time) => time + median(existing) - median(unknown));
  for (let shift = 0.5; shift < 1_000; shift *= 1.25) {
    const slower = centred.map((time) => time + shift);
    if (mannWhitney(existing, slower).p < P_MIN) return shift.toFixed(1);
  }
  return 'more than 1,000';
}

/** As long as any other. */
function randomName() {
  return randomBytes(8).toString('hex');
}

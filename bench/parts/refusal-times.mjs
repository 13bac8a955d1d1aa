/**
 * Whether the time of a refusal tells which user names there are: a statistical test of tries in random order, one at a
 * time. `BENCH_TRIES` asks for another number of each kind than 3,000.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../support/connection.mjs';
import { deviceRealm, loginBody, QUICK_HASH, reconnect } from '../support/devices.mjs';
import { mannWhitney, normalQuantile } from '../support/figures.mjs';
import { startInstance } from '../support/instance.mjs';
import { startRedis } from '../support/redis.mjs';
import { median } from '../support/report.mjs';

const TRIES = Number(process.env.BENCH_TRIES ?? 3_000);
/** Of each kind; each is tried again and again, as by somebody who wants to know of it. */
const NAMES = 500;
const WARM_UP = 1_000;
/** How often chance alone would say that there is a difference: in one run of a thousand. */
const P_MIN = 0.001;
/** A difference of microseconds tells nobody anything who may try one name ten times a minute, and not from here. */
const TRIES_MIN = 1_000;

/** Every try is another password: neither a budget nor the memory of refusals has a part in it. */
const ENV = {
  GATEHOUSE_HASH_BUDGET: '0',
  GATEHOUSE_HASH_BUDGET_USERNAME: '0',
  GATEHOUSE_CREDENTIAL_KEY: 'under-which-the-bench-remembers-0123456789',
};

/** Those that there are; each is compared with names that there are not. */
const KINDS = {
  existing: 'existing names',
  remembered: 'names that were in before',
  disabled: 'names of disabled clients',
};

export async function refusalTimes() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  try {
    const instance = await startInstance({ redisUrl: server.url, dir, realm: 'timed', env: ENV });
    try {
      const times = await timeAll(instance);
      return Object.entries(KINDS).map(([kind, name]) => rowOf(name, times[kind], times.unknown));
    } finally {
      await instance.stop();
    }
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

/** The hashes are the cheapest that brokers store, behind which the least can hide. @returns µs, by kind. */
async function timeAll(instance) {
  const names = Object.fromEntries([...Object.keys(KINDS), 'unknown'].map((kind) => [kind, randomNames()]));
  const { existing, remembered, disabled, unknown } = names;
  const realm = deviceRealm([...existing, ...remembered, ...disabled], QUICK_HASH);
  for (const client of realm.clients.slice(-NAMES)) client.disabled = true;
  await instance.put(realm);
  const { refused } = await reconnect({
    urls: [instance.url],
    names: remembered,
    brokers: 4,
    loginsOnly: true,
  });
  if (refused > 0) throw new Error(`${refused} devices did not get in`);
  const connection = await Connection.open(instance.url);
  try {
    // The first ones compile what the others run.
    await timeTries(connection, { existing, unknown }, WARM_UP);
    return await timeTries(connection, { existing, remembered, disabled, unknown }, TRIES);
  } finally {
    connection.close();
  }
}

async function timeTries(connection, names, count) {
  const tries = Object.entries(names).flatMap(([kind, some]) =>
    Array.from({ length: count }, (_, i) => ({ kind, name: some[i % some.length] })),
  );
  shuffle(tries);
  const times = Object.fromEntries(Object.keys(names).map((kind) => [kind, []]));
  for (const { name, kind } of tries) {
    const body = loginBody(name, randomName());
    const startedAt = process.hrtime.bigint();
    const status = await connection.post('/auth/user', body);
    times[kind].push(Number(process.hrtime.bigint() - startedAt) / 1_000);
    if (status !== 403) throw new Error(`a wrong password was answered ${status}`);
  }
  return times;
}

function rowOf(name, times, unknown) {
  const { effect, p } = mannWhitney(unknown, times);
  const needed = triesToTell(effect);
  return {
    what: `refusals told apart by time: ${name} and unknown ones`,
    target: `p >= ${P_MIN}, or ${TRIES_MIN.toLocaleString('en-US')} tries`,
    measured: p >= P_MIN ? `p = ${p.toFixed(3)}` : `${needed.toLocaleString('en-US')} tries`,
    isMet: p >= P_MIN || needed >= TRIES_MIN,
    detail:
      `p = ${p < P_MIN ? p.toExponential(0) : p.toFixed(3)}, effect ${effect.toFixed(3)} (0.5 is none), medians ` +
      `${median(times).toFixed(1)} and ${median(unknown).toFixed(1)} µs of ${TRIES} each; ` +
      `${visibleShift(times, unknown)} µs would have been seen`,
  };
}

/** How often one name has to be tried until its mean time tells, with one error in a hundred, of which kind it is. */
function triesToTell(effect) {
  const distance = Math.SQRT2 * Math.abs(normalQuantile(effect));
  return Math.round((2 * normalQuantile(0.99)) ** 2 / distance ** 2);
}

/** By how much one kind would have to be slower for the test to say so: that it can. */
function visibleShift(times, unknown) {
  const alike = unknown.map((time) => time + median(times) - median(unknown));
  for (let shift = 0.5; shift < 1_000; shift *= 1.25) {
    const slower = alike.map((time) => time + shift);
    if (mannWhitney(times, slower).p < P_MIN) return shift.toFixed(1);
  }
  return 'more than 1,000';
}

function shuffle(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
}

function randomNames() {
  return Array.from({ length: NAMES }, randomName);
}

/** As long as any other. */
function randomName() {
  return randomBytes(8).toString('hex');
}

/**
 * Ten minutes of mixed load on one instance with Redis, and what becomes of its memory, its delays and its descriptors.
 * Not part of the whole bench. `BENCH_SOAK_SECONDS` asks for another duration.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../support/connection.mjs';
import { aclBody, deviceNames, deviceRealm, loginBody, QUICK_HASH } from '../support/devices.mjs';
import { percentile, slopeOf } from '../support/figures.mjs';
import { startInstance } from '../support/instance.mjs';
import { readMetrics } from '../support/metrics.mjs';
import { startRedis } from '../support/redis.mjs';
import { median } from '../support/report.mjs';

const SECONDS = Number(process.env.BENCH_SOAK_SECONDS ?? 600);
const DEVICES = 20_000;
const BROKERS = 6;
const SAMPLES = 120;
/** What a process needs until it has what it keeps: caches fill, code is compiled. */
const WARM_UP = 0.3;

const ENV = {
  GATEHOUSE_CREDENTIAL_KEY: 'under-which-the-bench-remembers-0123456789',
  GATEHOUSE_DECISION_CACHE: '10000',
};

export async function soak() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  try {
    const instance = await startInstance({ redisUrl: server.url, dir, realm: 'soak', env: ENV });
    try {
      return await soakInstance(instance);
    } finally {
      await instance.stop();
    }
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

async function soakInstance(instance) {
  const names = deviceNames(DEVICES);
  await instance.put(deviceRealm(names, QUICK_HASH));
  const load = { isOver: false, times: [], unexpected: 0, calls: 0, changes: 0, streams: 0 };
  const working = [
    ...Array.from({ length: BROKERS }, () => beBroker(instance, load, names)),
    change(instance, load, names),
    readStreams(instance, load),
  ];
  const samples = await takeSamples(instance, load);
  load.isOver = true;
  await Promise.all(working);
  console.log(
    `${load.calls} checks, ${load.changes} changes, ${load.streams} readers of the change stream, ` +
      `${load.unexpected} answers that were not as they should be`,
  );
  return FIGURES.map((figure) => rowOf(figure, samples, load));
}

/** What a device comes with, most of all publications; and one in a hundred has a wrong password. */
async function beBroker({ url }, load, names) {
  const connection = await Connection.open(url);
  const ask = async (path, body, expected) => {
    const startedAt = performance.now();
    const status = await connection.post(path, body);
    load.times.push(performance.now() - startedAt);
    load.calls++;
    if (!expected.includes(status)) load.unexpected++;
    // Far from what it could do: it is not speed that is looked at.
    if (load.calls % 4 === 0) await sleep(1);
  };
  while (!load.isOver) {
    const name = names[Math.floor(Math.random() * names.length)];
    if (Math.random() < 0.01) await ask('/auth/user', loginBody(guessedName(), guessedName()), [403, 503]);
    await ask('/auth/user', loginBody(name), [200]);
    await ask('/auth/acl', aclBody(name, 4), [200]);
    for (let i = 0; i < 6; i++) await ask('/auth/acl', publication(name), [200]);
    await ask('/auth/acl', aclBody(name, 2).replace('devices/', 'elsewhere/'), [403]);
  }
  connection.close();
}

function publication(username) {
  const topic = `devices/${username}/tele/${Math.floor(Math.random() * 1_000)}`;
  return JSON.stringify({ acc: 2, clientid: `${username}-client`, topic, username });
}

function guessedName() {
  return `guess${Math.floor(Math.random() * 1e9)}`;
}

/** Clients come, change and go; a role changes, and with it the policy; a password is set, and has to be hashed. */
async function change(instance, load, names) {
  for (let i = 0; !load.isOver; i++) {
    const username = `passing${i}`;
    const texts = { command: 'modifyClient', username: names[i % names.length], textname: `seen ${i}` };
    const acl = { acltype: 'publishClientSend', topic: `passing/${i}`, priority: 0, allow: true };
    const commands = [
      [{ command: 'createClient', username, password: `of ${username}` }, texts],
      [{ command: 'addRoleACL', rolename: 'jail', ...acl }],
      [{ command: 'removeRoleACL', rolename: 'jail', ...acl }],
      [{ command: 'deleteClient', username }],
    ];
    for (const some of commands) {
      ({ revision: load.revision } = await instance.send(...some));
      load.changes++;
      await sleep(200);
    }
  }
}

/**
 * Readers that come, read on from the newest change, and go without a word. (Who begins with the oldest reads all that is
 * kept, which is more and more until the log is full.)
 */
async function readStreams({ url, token }, load) {
  while (!load.isOver) {
    const leaving = new AbortController();
    const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${token}` };
    if (load.revision) headers['Last-Event-ID'] = load.revision;
    const reading = Array.from({ length: 5 }, async () => {
      const answer = await fetch(`${url}/v1/changes`, { headers, signal: leaving.signal });
      await answer.text();
    });
    await sleep(1_000);
    leaving.abort();
    await Promise.allSettled(reading);
    load.streams += reading.length;
  }
}

async function takeSamples(instance, load) {
  const samples = [];
  const startedAt = performance.now();
  for (let i = 1; i <= SAMPLES; i++) {
    const due = startedAt + (i * SECONDS * 1_000) / SAMPLES;
    await sleep(Math.max(0, due - performance.now()));
    samples.push({ seconds: (performance.now() - startedAt) / 1_000, ...(await takeSample(instance, load)) });
  }
  return samples;
}

async function takeSample(instance, load) {
  const times = load.times.splice(0);
  const [metric, { rss }, descriptors] = await Promise.all([
    readMetrics(instance),
    instance.memory(),
    readdir(`/proc/${instance.pid}/fd`),
  ]);
  return {
    rss,
    heap: metric('nodejs_heap_size_used_bytes') / 2 ** 20,
    lag: metric('nodejs_eventloop_lag_p99_seconds') * 1_000,
    p99: percentile(times, 0.99),
    descriptors: descriptors.length,
    resources: metric('nodejs_active_resources_total'),
  };
}

/** How much more than in the middle each may be at the end of the run, going by its slope. */
const FIGURES = [
  { key: 'rss', what: 'resident memory', unit: 'MB', growth: 0.1 },
  { key: 'heap', what: 'heap in use', unit: 'MB', growth: 0.15 },
  { key: 'lag', what: 'event loop lag, p99', unit: 'ms', growth: 0.5 },
  { key: 'p99', what: 'time of a check, p99', unit: 'ms', growth: 0.5 },
  { key: 'descriptors', what: 'open descriptors', unit: '', growth: 0.1 },
  { key: 'resources', what: 'timers, sockets and other resources', unit: '', growth: 0.1 },
];

function rowOf({ key, what, unit, growth }, samples, { unexpected }) {
  const settled = samples
    .slice(Math.floor(samples.length * WARM_UP))
    .map((sample) => [sample.seconds, sample[key]]);
  const values = settled.map(([, value]) => value);
  const third = Math.ceil(values.length / 3);
  const parts = [0, 1, 2].map((i) => median(values.slice(i * third, (i + 1) * third)));
  const slope = slopeOf(settled);
  const grown = (slope * (settled.at(-1)[0] - settled[0][0])) / median(values);
  return {
    what: `soak, ${(SECONDS / 60).toFixed(1)} min: ${what}`,
    target: `at most ${growth * 100} % more`,
    measured: `${(grown * 100).toFixed(1)} %`,
    isMet: grown <= growth && unexpected === 0,
    detail:
      `${parts.map((value) => value.toFixed(1)).join(', ')} ${unit}`.trim() +
      ` (start, middle, end); ${(slope * 3_600).toFixed(1)} an hour`,
  };
}

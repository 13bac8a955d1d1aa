/** Checks over HTTP, against a bare server that reads and parses the same bodies. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { Connection } from '../support/connection.mjs';
import { PASSWORD, QUICK_HASH } from '../support/devices.mjs';
import { median, ratioRow } from '../support/report.mjs';
import { startServer } from '../support/server-process.mjs';

const CLIENTS = 100_000;
/** Those of them that have a password. The first round, which does not count, is where they are verified. */
const LOGGING_IN = 1_000;
const SECONDS = 4;
const ROUNDS = 3;
/** On one connection to each, in turns of so many requests. */
const TURNS = 40;
const WARM_UP_TURNS = 5;
const REQUESTS = 500;

export async function checks() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const file = join(dir, 'dynamic-security.json');
  await writeFile(file, JSON.stringify(fleet()));
  const bare = await startServer('./bare-server.mjs');
  const gatehouse = await startServer('../../dist/main.js', [], {
    GATEHOUSE_LISTEN: '127.0.0.1:0',
    GATEHOUSE_DYNSEC_FILE: file,
    GATEHOUSE_LOG_LEVEL: 'warn',
  });
  try {
    return await compare(bare, gatehouse);
  } finally {
    await Promise.all([bare.stop(), gatehouse.stop()]);
    await rm(dir, { recursive: true });
  }
}

async function compare(bare, gatehouse) {
  const one = [aclBody(4_711)];
  // More bodies than a run can send, so that none is sent twice; made beforehand, for both alike.
  const many = Array.from({ length: CLIENTS }, (_, i) => aclBody((i * 7_919) % CLIENTS));
  const logins = Array.from({ length: LOGGING_IN }, (_, i) => loginBody(i));
  const busy = await sideBySide({ bare, gatehouse, bodies: one, connections: 32 });
  const quiet = await oneByOne({ bare, gatehouse, body: one[0] });
  const spread = await sideBySide({ bare, gatehouse, bodies: many, connections: 32 });
  const login = await sideBySide({ bare, gatehouse, path: '/auth/user', bodies: logins, connections: 32 });
  return [
    ratioRow({
      what: 'ACL check, warm, 32 connections: throughput',
      ratio: busy.throughput,
      atLeast: 0.85,
      detail: busy.detail,
    }),
    ratioRow({
      what: 'ACL check, warm, 1 connection: median latency',
      ratio: quiet.latency,
      atMost: 1.15,
      detail: quiet.detail,
    }),
    ratioRow({
      what: 'ACL checks over 100,000 clients and topics: throughput',
      ratio: spread.throughput,
      atLeast: 0.6,
      detail: spread.detail,
    }),
    ratioRow({
      what: 'user check, credential remembered, 32 connections: throughput',
      ratio: login.throughput,
      atLeast: 0.75,
      detail: login.detail,
    }),
  ];
}

/** Both servers in turn, several times; the median of the ratios of neighbours. */
async function sideBySide({ bare, gatehouse, path = '/auth/acl', bodies, connections }) {
  const pairs = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const pair = [
      await load(`${bare.url}${path}`, bodies, connections),
      await load(`${gatehouse.url}${path}`, bodies, connections),
    ];
    // The first one warms both up.
    if (round > 0) pairs.push(pair);
  }
  const perSecond = (side) => Math.round(median(pairs.map((pair) => pair[side].perSecond)));
  return {
    throughput: median(pairs.map(([a, b]) => b.perSecond / a.perSecond)),
    detail: `${perSecond(1)} a second against ${perSecond(0)}`,
  };
}

/**
 * One request after the other on one connection, as a broker asks. Both servers take short turns on the same core, and who
 * asks is on another: else it is the scheduler that is measured, which may or may not have to wake a core.
 */
async function oneByOne({ bare, gatehouse, body }) {
  const release = pin([bare.pid, gatehouse.pid]);
  const connections = [await Connection.open(bare.url), await Connection.open(gatehouse.url)];
  const turns = [];
  for (let turn = -WARM_UP_TURNS; turn < TURNS; turn++) {
    const pair = [await latency(connections[0], body), await latency(connections[1], body)];
    if (turn >= 0) turns.push(pair);
  }
  for (const connection of connections) connection.close();
  release();
  const microseconds = (side) => Math.round(median(turns.map((pair) => pair[side])) / 1_000);
  return {
    latency: median(turns.map(([a, b]) => b / a)),
    detail: `${microseconds(1)} µs against ${microseconds(0)}`,
  };
}

/** The median in nanoseconds. */
async function latency(connection, body) {
  const times = [];
  for (let i = 0; i < REQUESTS; i++) {
    const startedAt = process.hrtime.bigint();
    const status = await connection.post('/auth/acl', body);
    times.push(Number(process.hrtime.bigint() - startedAt));
    if (status !== 200) throw new Error(`an ACL check was answered ${status}`);
  }
  return median(times);
}

/** Where there is no such thing as `taskset`, or no second core, nothing is pinned. @returns what undoes it. */
function pin(pids) {
  const cores = availableParallelism();
  const allow = (core, pid) => execFileSync('taskset', ['-acp', core, String(pid)], { stdio: 'ignore' });
  const allowAll = (pid) => allow(`0-${cores - 1}`, pid);
  if (cores < 2) return () => undefined;
  try {
    for (const pid of pids) allow('1', pid);
    allow('0', process.pid);
  } catch {
    console.log('the processes are not pinned to cores: latencies are what the scheduler makes of them');
  }
  return () => {
    try {
      for (const pid of [...pids, process.pid]) allowAll(pid);
    } catch {
      // They never were.
    }
  };
}

async function load(url, bodies, connections) {
  let next = 0;
  const result = await autocannon({
    url,
    connections,
    duration: SECONDS,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: bodies[next++ % bodies.length] }),
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were no allow, ${result.errors} failed`);
  }
  return { perSecond: result.requests.total / ((result.finish - result.start) / 1_000) };
}

function aclBody(i) {
  return JSON.stringify({
    acc: 2,
    clientid: `c${i}`,
    topic: `devices/device${i}/tele/${i % 7}`,
    username: `device${i}`,
  });
}

function loginBody(i) {
  return JSON.stringify({ username: `device${i}`, password: PASSWORD, clientid: `c${i}` });
}

/** A fleet of jailed devices with one templated role. */
function fleet() {
  const acl = (acltype) => ({ acltype, topic: 'devices/%u/#', priority: 0, allow: true });
  return {
    roles: [
      { rolename: 'jail', acls: ['publishClientSend', 'publishClientReceive', 'subscribePattern'].map(acl) },
    ],
    clients: Array.from({ length: CLIENTS }, (_, i) => ({
      username: `device${i}`,
      clientid: `c${i}`,
      ...(i < LOGGING_IN ? { encoded_password: QUICK_HASH } : {}),
      roles: [{ rolename: 'jail' }],
    })),
    groups: [],
  };
}

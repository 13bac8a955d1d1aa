/**
 * How the size of a realm in Redis tells: a change, a group of everybody, the start, memory, and an import.
 * `BENCH_CLIENTS` asks for another size than a million.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startInstance } from '../support/instance.mjs';
import { startRedis } from '../support/redis.mjs';
import { median, ratioRow } from '../support/report.mjs';

const SMALL = 1_000;
const HELD = 200_000;
const IMPORTED = 100_000;
const LARGE = Number(process.env.BENCH_CLIENTS ?? 1_000_000);
const ROUNDS = 15;
/** In a round, of each. */
const CREATED = 20;
/** After this, what was only needed to start is given back, as far as it ever is. */
const SETTLE_MS = 5_000;
const GATEHOUSE = fileURLToPath(new URL('../../bin/gatehouse.mjs', import.meta.url));

export async function realmSize() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  try {
    const place = { redisUrl: server.url, dir };
    return [
      await importRow(server, place, dir),
      ...(await heldRows(server, place)),
      ...(await largeRows(server, place)),
    ];
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

/** By the command line, from its start to its end; how long Redis answers nobody is looked at from beside. */
async function importRow(server, place, dir) {
  const file = join(dir, 'fleet.json');
  await writeFile(file, JSON.stringify(fleet(IMPORTED)));
  const instance = await startInstance({ ...place, realm: 'import' });
  try {
    const watch = await watchRedis(server);
    const startedAt = performance.now();
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [GATEHOUSE, 'import', file, '--yes', '--url', instance.url],
      { env: { ...process.env, GATEHOUSE_ADMIN_TOKEN: instance.token } },
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const { slowestMs, slowest, pingMs } = await watch.stop();
    if (stderr !== '') console.log(stderr.trim());
    return {
      what: `gatehouse import, ${count(IMPORTED)} clients, Redis`,
      target: 'at most 20 s',
      measured: `${seconds.toFixed(1)} s`,
      isMet: seconds <= 20 && slowestMs <= 50,
      detail: `Redis at most ${slowestMs.toFixed(0)} ms at a time (${slowest}), a PING beside at most ${pingMs.toFixed(0)}`,
    };
  } finally {
    await instance.stop();
  }
}

async function heldRows(server, place) {
  await fillRealm(server, place, { realm: 'held', clients: HELD });
  const instance = await startInstance({ ...place, realm: 'held' });
  try {
    await sleep(SETTLE_MS);
    const { rss, peak } = await instance.memory();
    return [
      {
        what: `memory of a process, ${count(HELD)} clients`,
        target: 'at most 400 MB',
        measured: `${rss.toFixed(0)} MB`,
        isMet: rss <= 400,
        detail: `${peak.toFixed(0)} MB at most while starting, ready after ${(instance.readyMs / 1_000).toFixed(1)} s`,
      },
    ];
  } finally {
    await instance.stop();
    await server.redis.flushall('ASYNC');
  }
}

async function largeRows(server, place) {
  await fillRealm(server, place, { realm: 'small', clients: SMALL });
  await fillRealm(server, place, { realm: 'large', clients: LARGE });
  const small = await startInstance({ ...place, realm: 'small' });
  const large = await startInstance({ ...place, realm: 'large' }).catch(async (error) => {
    await small.stop();
    throw error;
  });
  try {
    await sleep(SETTLE_MS);
    const { rss, peak } = await large.memory();
    return [
      {
        what: `start to ready, ${count(LARGE)} clients`,
        target: '',
        measured: `${(large.readyMs / 1_000).toFixed(1)} s`,
        detail: `then ${rss.toFixed(0)} MB, ${peak.toFixed(0)} at most`,
      },
      await rereadRow(server, large),
      await createRow(small, large),
      ...(await groupRows(server, large)),
    ];
  } finally {
    await small.stop();
    await large.stop();
  }
}

/** As after an import, or an edit by hand: all of it is read anew, and checks are answered meanwhile. */
async function rereadRow({ redis }, instance) {
  const loadedAt = async () => {
    const answer = await fetch(`${instance.url}/health/ready`);
    return (await answer.json()).policy.loadedAt;
  };
  const before = await loadedAt();
  const startedAt = performance.now();
  await redis.xadd('gatehouse:{large}:changes', '*', 'touched', 'by hand');
  const waits = [];
  do {
    const askedAt = performance.now();
    await instance.allows('acl', { username: nameOf(1), clientid: 'c', topic: 'devices/x', acc: 2 });
    waits.push(performance.now() - askedAt);
    await sleep(2);
  } while ((await loadedAt()) === before);
  waits.sort((a, b) => a - b);
  return {
    what: `slowest ACL check while ${count(LARGE)} clients are read anew`,
    target: '',
    measured: `${waits.at(-1).toFixed(0)} ms`,
    detail: `p99 ${waits[Math.floor(waits.length * 0.99)].toFixed(0)} ms; read in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`,
  };
}

/** Both in turn. Without a password: what is compared is not the hashing. */
async function createRow(small, large) {
  const timed = async (instance, username) => {
    const startedAt = performance.now();
    await instance.send({ command: 'createClient', username, roles: [{ rolename: 'jail' }] });
    return performance.now() - startedAt;
  };
  const pairs = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const times = [[], []];
    for (let i = 0; i < CREATED; i++) {
      times[0].push(await timed(small, `new-${round}-${i}`));
      times[1].push(await timed(large, `new-${round}-${i}`));
    }
    // The first one warms both up.
    if (round > 0) pairs.push(times.map(median));
  }
  const milliseconds = (side) => median(pairs.map((pair) => pair[side]));
  return ratioRow({
    what: `createClient among ${count(LARGE)} clients against ${count(SMALL)}, Redis`,
    ratio: median(pairs.map(([a, b]) => b / a)),
    atMost: 1.3,
    detail: `${milliseconds(1).toFixed(2)} ms against ${milliseconds(0).toFixed(2)}`,
  });
}

/** Everybody is a member. */
async function groupRows({ redis }, instance) {
  const rows = [];
  for (const command of ['deleteGroup', 'createGroup']) {
    const before = await bytesReceived(redis);
    const startedAt = performance.now();
    await instance.send({ command, groupname: 'fleet' });
    const ms = performance.now() - startedAt;
    const kilobytes = ((await bytesReceived(redis)) - before) / 1_024;
    rows.push({
      what: `${command}, of ${count(LARGE)} members`,
      target: 'one small write',
      measured: `${ms.toFixed(0)} ms`,
      isMet: kilobytes < 16,
      detail: `Redis received ${kilobytes.toFixed(1)} kB`,
    });
  }
  const { responses } = await instance.send({ command: 'getGroup', groupname: 'fleet' });
  const members = responses[0].data.group.clients?.length ?? 0;
  if (members > 0) throw new Error(`${members} members came back with the group`);
  return rows;
}

async function bytesReceived(redis) {
  return Number(/total_net_input_bytes:(\d+)/.exec(await redis.info('stats'))[1]);
}

/** Looks how long Redis is busy with one command, and how long a PING takes from here. */
async function watchRedis({ redis }) {
  await redis.config('SET', 'latency-monitor-threshold', '1', 'slowlog-log-slower-than', '1000');
  await redis.latency('RESET');
  await redis.slowlog('RESET');
  let pingMs = 0;
  let isWatching = true;
  const watching = (async () => {
    while (isWatching) {
      const startedAt = performance.now();
      await redis.ping();
      pingMs = Math.max(pingMs, performance.now() - startedAt);
      await sleep(2);
    }
  })();
  return {
    async stop() {
      isWatching = false;
      await watching;
      const latest = await redis.latency('LATEST');
      const slow = await redis.slowlog('GET', 1_000);
      const slowest = slow.sort((a, b) => b[2] - a[2])[0];
      return {
        pingMs,
        slowestMs: Math.max(0, ...latest.map(([, , , max]) => Number(max))),
        slowest: slowest ? `${slowest[3][0]} ${slowest[3][1].slice(0, 40)}` : 'nothing above 1',
      };
    },
  };
}

/** A realm with so many clients like one that was put in place as a document. */
async function fillRealm({ redis }, place, { realm, clients }) {
  const instance = await startInstance({ ...place, realm });
  await instance.put(fleet(1));
  await instance.stop();
  const key = `gatehouse:{${realm}}:clients`;
  const record = await redis.hget(key, nameOf(0));
  const batch = 5_000;
  for (let at = 1; at < clients; at += batch) {
    const names = Array.from({ length: Math.min(batch, clients - at) }, (_, i) => nameOf(at + i));
    await redis.hset(key, ...names.flatMap((name) => [name, record.replaceAll(nameOf(0), name)]));
  }
}

function nameOf(i) {
  return `device${String(i).padStart(7, '0')}`;
}

/** Devices with a password each, in a group. */
function fleet(size) {
  const acl = (acltype) => ({ acltype, topic: 'devices/%u/#', priority: 0, allow: true });
  const types = ['publishClientSend', 'publishClientReceive', 'subscribePattern'];
  const names = Array.from({ length: size }, (_, i) => nameOf(i));
  const password = `$7$101$${Buffer.alloc(12, 7).toString('base64')}$${Buffer.alloc(64, 7).toString('base64')}`;
  return {
    clients: names.map((username) => ({
      username,
      textname: `the device ${username}`,
      roles: [{ rolename: 'jail' }],
      encoded_password: password,
    })),
    groups: [{ groupname: 'fleet', roles: [], clients: names.map((username) => ({ username })) }],
    roles: [{ rolename: 'jail', acls: types.map(acl) }],
  };
}

function count(number) {
  return number.toLocaleString('en-US');
}

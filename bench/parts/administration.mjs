/** Changing a realm of 100,000 clients: the whole of it, and one client, beside Debian's Mosquitto with its plugin. */
import { execFile } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startMosquitto } from '../support/mosquitto.mjs';
import { median, ratioRow } from '../support/report.mjs';
import { startServer } from '../support/server-process.mjs';

const CLIENTS = 100_000;
const ROUNDS = 7;
/** In a round, ours. */
const OURS = 20;
const TOKEN = 'who-administers-in-the-bench-0123456789';
const ADMIN = { username: 'admin', password: 'bench' };
const GATEHOUSE = fileURLToPath(new URL('../../bin/gatehouse.mjs', import.meta.url));

export async function administration() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const document = join(dir, 'fleet.json');
    await writeFile(document, JSON.stringify(fleet()));
    await writeFile(join(dir, 'dynamic-security.json'), '{"clients":[],"groups":[],"roles":[]}');
    return await withServers(dir, document);
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function withServers(dir, document) {
  const gatehouse = await startServer('../../dist/main.js', [], {
    GATEHOUSE_LISTEN: '127.0.0.1:0',
    GATEHOUSE_DYNSEC_FILE: join(dir, 'dynamic-security.json'),
    GATEHOUSE_ADMIN_TOKEN: TOKEN,
    GATEHOUSE_LOG_LEVEL: 'warn',
  });
  try {
    const imported = await importRow(gatehouse.url, document);
    const mosquitto = await startMosquitto({ dir, document, ...ADMIN });
    try {
      return [imported, await createRow(gatehouse.url, mosquitto)];
    } finally {
      await mosquitto.stop();
    }
  } finally {
    await gatehouse.stop();
  }
}

/** By the command line, from its start to its end. */
async function importRow(url, document) {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, [GATEHOUSE, 'import', document, '--yes', '--url', url], {
    env: { ...process.env, GATEHOUSE_ADMIN_TOKEN: TOKEN },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    what: 'gatehouse import, 100,000 clients, file store',
    target: 'at most 20 s',
    measured: `${seconds.toFixed(1)} s`,
    isMet: seconds <= 20,
  };
}

/** Both in turn. Without a password: what is compared is not the hashing. */
async function createRow(url, mosquitto) {
  const ours = (commands) => post(url, commands);
  const theirs = (commands) => mosquitto.send(commands);
  for (const side of [ours, theirs]) {
    const [{ data }] = await side([{ command: 'listClients', count: 1 }]);
    if (data.totalCount !== CLIENTS + 1) throw new Error(`there are ${data.totalCount} clients`);
  }
  const pairs = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const times = [];
    for (let i = 0; i < OURS; i++) times.push(await timed(ours, `ours-${round}-${i}`));
    const pair = [median(times), await timed(theirs, `theirs-${round}`)];
    // The first one warms both up.
    if (round > 0) pairs.push(pair);
  }
  const milliseconds = (side) => median(pairs.map((pair) => pair[side]));
  const ratio = median(pairs.map(([a, b]) => a / b));
  const row = ratioRow({
    what: 'createClient among 100,000, file store, against Mosquitto',
    ratio,
    atMost: 0.02,
    detail: `${milliseconds(0).toFixed(1)} ms against ${milliseconds(1).toFixed(0)}`,
  });
  return { ...row, measured: ratio.toFixed(4) };
}

async function timed(send, username) {
  const startedAt = performance.now();
  const [response] = await send([{ command: 'createClient', username, roles: [{ rolename: 'jail' }] }]);
  if (response.error !== undefined) throw new Error(`createClient: ${response.error}`);
  return performance.now() - startedAt;
}

async function post(url, commands) {
  const answer = await fetch(`${url}/v1/commands`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ commands }),
  });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()).responses;
}

/** A fleet of devices with passwords, as Mosquitto 2.0 writes it, but for the order: names that ascend take it for ever. */
function fleet() {
  const acl = (acltype, topic) => ({ acltype, topic, priority: 0, allow: true });
  const types = ['publishClientSend', 'publishClientReceive', 'subscribePattern'];
  const client = (username, rolename, password) => ({ username, roles: [{ rolename }], ...password });
  const shared = stored('the password of all devices');
  const devices = Array.from({ length: CLIENTS }, (_, i) => `device${String(CLIENTS - i).padStart(6, '0')}`);
  return {
    clients: [
      ...devices.map((username) => client(username, 'jail', shared)),
      client(ADMIN.username, 'admin', stored(ADMIN.password)),
    ],
    groups: [],
    roles: [
      { rolename: 'jail', acls: types.map((type) => acl(type, 'devices/#')) },
      { rolename: 'admin', acls: types.map((type) => acl(type, '$CONTROL/dynamic-security/#')) },
    ],
  };
}

function stored(password) {
  const salt = Buffer.from('twelve bytes');
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512');
  return { password: hash.toString('base64'), salt: salt.toString('base64'), iterations: 101 };
}

/**
 * A reconnect storm end to end: everything behind a fleet of MQTT devices is killed and started again at once, and every
 * device has to come back and get its subscription. Over and over with the same devices, with another thing behind them:
 * instances that find logins remembered in Redis, instances that do not, and brokers with Mosquitto's own dynsec plugin.
 * `BENCH_DEVICES` and `BENCH_ITERATIONS` ask for another size, and for other hashes.
 */
import { pbkdf2Sync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.mjs';
import { startInstance } from '../support/instance.mjs';
import { hashesComputed, readMetrics } from '../support/metrics.mjs';
import { dynsecPlugin } from '../support/mosquitto.mjs';
import { startRedis } from '../support/redis.mjs';
import { askingLines, buildPlugin, startBroker } from '../support/storm/broker.mjs';
import { Devices } from '../support/storm/devices.mjs';
import { allowConnections } from '../support/storm/open-files.mjs';

const WANTED = Number(process.env.BENCH_DEVICES ?? 5_000);
/** Of PBKDF2-SHA512: 20,000 take some 10 ms, so that the run has an end; what Gatehouse stores has 100,000. */
const ITERATIONS = Number(process.env.BENCH_ITERATIONS ?? 20_000);
/** What Mosquitto 2.0 stores. */
const WEAK_ITERATIONS = 101;
const INSTANCES = 2;
const BROKERS = 4;
/** Of the devices. */
const PROCESSES = 2;
const STORM_MS = 900_000;
const PASSWORD = 'the password of all devices';
/** Between two storms. */
const NOTHING = { instances: [], alive: () => undefined, kill: () => undefined };
const KEY = { GATEHOUSE_CREDENTIAL_KEY: 'a-key-of-the-bench-that-all-instances-have' };

export async function mqttStorm() {
  const perProcess = allowConnections(Math.ceil(WANTED / PROCESSES));
  const count = Math.min(WANTED, perProcess * PROCESSES);
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const redis = await startRedis();
  try {
    const place = {
      dir,
      redisUrl: redis.url,
      count,
      plugin: buildPlugin(dir),
      instancePorts: await portsOf(INSTANCES),
      brokerPorts: await portsOf(BROKERS),
    };
    return await storms(place);
  } finally {
    await redis.stop();
    await rm(dir, { recursive: true });
  }
}

async function storms(place) {
  const stage = { running: NOTHING };
  const devices = new Devices(identities(place), PROCESSES);
  try {
    stage.running = await startAsking(place, KEY);
    await stage.running.instances[0].put(
      documentOf(place, { iterations: ITERATIONS, topic: 'devices/%c/#' }),
    );
    await devices.start();
    // Who is in now was compared, and is remembered.
    await devices.untilBack(STORM_MS, () => stage.running.alive());
    const rows = [];
    for (const arrangement of arrangements(place)) rows.push(...(await storm(stage, devices, arrangement)));
    return rows;
  } finally {
    await devices.stop();
    await stage.running.kill();
  }
}

/** What is behind the devices, one after the other. */
function arrangements(place) {
  const what = `MQTT storm, ${place.count.toLocaleString('en-US')} devices`;
  const hashes = (iterations) => `PBKDF2 of ${iterations.toLocaleString('en-US')}`;
  const native = (iterations) => ({
    what: `${what}: dynsec in the broker, ${hashes(iterations)}`,
    start: () => startNative(place, iterations),
  });
  return [
    { what: `${what}: remembered in Redis`, isRemembered: true, start: () => startAsking(place, KEY) },
    { what: `${what}: not remembered, ${hashes(ITERATIONS)}`, start: () => startAsking(place, {}) },
    native(ITERATIONS),
    native(WEAK_ITERATIONS),
  ];
}

/** Time begins when everything is killed. */
async function storm(stage, devices, { what, isRemembered, start }) {
  await devices.mark();
  const killedAt = Date.now();
  await stage.running.kill();
  stage.running = NOTHING;
  stage.running = await start();
  const upMs = Date.now() - killedAt;
  await devices.untilBack(STORM_MS, () => stage.running.alive());
  const told = await devices.tell();
  const cost = await costOf(stage.running.instances);
  const back = told.devices.map(({ backAt }) => backAt - killedAt).sort((a, b) => a - b);
  const at = (part) => seconds(back[Math.ceil(back.length * part) - 1]);
  const slowest = Math.max(...told.devices.map(({ answerMs }) => answerMs));
  console.log(`${what}: ${at(1)}`);
  return [
    {
      what,
      target: isRemembered ? 'not one hash' : '',
      measured: at(1),
      ...(isRemembered ? { isMet: cost.hashes === 0 } : {}),
      detail: `half ${at(0.5)}, 99 % ${at(0.99)}; servers up after ${seconds(upMs)}; slowest answer ${seconds(slowest)}`,
    },
    { what: '', target: '', measured: '', detail: [cost.text, failuresText(told.failures)].join('; ') },
  ];
}

async function costOf(instances) {
  if (instances.length === 0) return { text: 'each login a hash in its broker' };
  const hashes = await hashesComputed(instances);
  const metrics = await Promise.all(instances.map(readMetrics));
  const counted = (check, outcome) =>
    metrics.reduce((sum, metric) => sum + metric('gatehouse_checks_total', { check, outcome }), 0);
  const answers = (check) =>
    `${counted(check, 'allow')} 200, ${counted(check, 'deny')} 403, ${counted(check, 'undecided')} 503`;
  return { hashes, text: `${hashes} hashes; logins: ${answers('user')}; ACL checks: ${answers('acl')}` };
}

function failuresText({ noBroker, closed, denied, unanswered }) {
  return `tried in vain: ${noBroker} without a broker, ${closed} closed, ${denied} denied, ${unanswered} unanswered`;
}

/** Instances, and brokers that ask them. */
function startAsking({ dir, redisUrl, plugin, instancePorts, brokerPorts }, env) {
  const brokers = brokerPorts.map((port, i) =>
    startBroker({ dir, port, lines: askingLines(plugin, instancePorts[i % INSTANCES]) }),
  );
  const instances = instancePorts.map((port) =>
    startInstance({
      redisUrl,
      realm: 'storm',
      dir,
      // Sheds load as it does by default.
      env: {
        GATEHOUSE_LISTEN: `127.0.0.1:${port}`,
        GATEHOUSE_SHED_LOGINS_LAG: '0.5',
        GATEHOUSE_SHED_CHECKS_LAG: '3',
        ...env,
      },
    }),
  );
  return allStarted(brokers, instances);
}

/** Brokers that decide by themselves. Mosquitto 2.0 knows no templates: one role for all of the devices' topics. */
function startNative({ dir, count, brokerPorts }, iterations) {
  const document = JSON.stringify(documentOf({ count }, { iterations, topic: 'devices/#' }));
  const brokers = brokerPorts.map(async (port) => {
    const file = join(dir, `dynamic-security-${port}.json`);
    await writeFile(file, document);
    const lines = [`plugin ${dynsecPlugin()}`, `plugin_opt_config_file ${file}`];
    return startBroker({ dir, port, lines });
  });
  return allStarted(brokers, []);
}

/** All of them, or none and the error. */
async function allStarted(startingBrokers, startingInstances) {
  const results = await Promise.allSettled([...startingBrokers, ...startingInstances]);
  const of = (part) => part.flatMap(({ status, value }) => (status === 'fulfilled' ? [value] : []));
  const brokers = of(results.slice(0, startingBrokers.length));
  const instances = of(results.slice(startingBrokers.length));
  const kill = () =>
    Promise.all([
      ...brokers.map((broker) => broker.kill()),
      ...instances.map((instance) => instance.stop('SIGKILL')),
    ]);
  const failed = results.find(({ status }) => status === 'rejected');
  if (!failed) return { instances, kill, alive: () => brokers.forEach((broker) => broker.alive()) };
  await kill();
  throw failed.reason;
}

async function portsOf(count) {
  const ports = new Set();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

function identities({ count, brokerPorts }) {
  return namesOf(count).map((name, i) => ({
    port: brokerPorts[i % BROKERS],
    username: name,
    password: PASSWORD,
    clientid: name,
  }));
}

/** As Mosquitto 2.0 writes it, but for the order: names that ascend take it for ever. */
function documentOf({ count }, { iterations, topic }) {
  const types = ['publishClientSend', 'publishClientReceive', 'subscribePattern', 'unsubscribePattern'];
  const salt = Buffer.from('twelve bytes');
  const password = {
    password: pbkdf2Sync(PASSWORD, salt, iterations, 64, 'sha512').toString('base64'),
    salt: salt.toString('base64'),
    iterations,
  };
  return {
    clients: namesOf(count).map((username) => ({ username, roles: [{ rolename: 'jail' }], ...password })),
    groups: [],
    roles: [
      { rolename: 'jail', acls: types.map((acltype) => ({ acltype, topic, priority: 0, allow: true })) },
    ],
  };
}

function namesOf(count) {
  return Array.from({ length: count }, (_, i) => `device${String(count - i).padStart(6, '0')}`);
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

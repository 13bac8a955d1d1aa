/**
 * Asks a real Mosquitto with an ACL file what it lets clients do.
 */
import mqtt from 'mqtt';
import type { Question } from './decide-by.js';
import { startMosquitto } from './mosquitto.js';

/** A client that is tried; null: without a user name. */
export interface AclFileSubject {
  readonly username: string | null;
  readonly clientid: string;
}

/** A question, and what the broker did. */
export interface AclFileObservation {
  readonly question: Question;
  readonly allowed: boolean;
}

/** What is tried. */
export interface AclFileTrial {
  readonly aclFile: string;
  readonly subjects: readonly AclFileSubject[];
  /** Topic names. */
  readonly topics: readonly string[];
  /** Topic filters to subscribe to. */
  readonly filters: readonly string[];
}

/** Its lines let it publish everything that is tried; no pattern comes before them. */
const PUBLISHER = 'the publisher';
const NOT_AUTHORIZED = 0x87;
const CONNECT_MS = 10_000;

/** Every subject publishes to every topic, subscribes to every filter, and listens while everything is published. */
export async function observeAclFile(trial: AclFileTrial): Promise<readonly AclFileObservation[]> {
  const publisherLines = trial.topics.map((topic) => `topic write ${topic}`);
  const broker = await startMosquitto({
    files: { acl: [trial.aclFile, `user ${PUBLISHER}`, ...publisherLines, ''].join('\n') },
    config: brokerConfig,
  });
  const probes: Probe[] = [];
  try {
    for (const subject of [{ username: PUBLISHER, clientid: 'publisher' }, ...trial.subjects]) {
      probes.push({ subject, client: await connectTo(broker.port, subject) });
    }
    // A client whose connection is closed waits for its answers for ever.
    return await Promise.race([observe(probes, trial), untilAnyCloses(probes)]);
  } finally {
    await Promise.all(probes.map(({ client }) => client.endAsync(true)));
    await broker.stop();
  }
}

async function observe(
  [publisher, ...probes]: readonly Probe[],
  { topics, filters }: AclFileTrial,
): Promise<readonly AclFileObservation[]> {
  const sent = await Promise.all(probes.map((probe) => observeSending(probe, topics)));
  const subscribed = await Promise.all(probes.map((probe) => observeSubscribing(probe, filters)));
  const received = publisher ? await observeReceiving(probes, publisher, topics) : [];
  return [...sent.flat(), ...subscribed.flat(), ...received];
}

function untilAnyCloses(probes: readonly Probe[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const { subject, client } of probes) {
      client.once('close', () => {
        reject(new Error(`the broker closed the connection of \`${String(subject.username)}\``));
      });
    }
  });
}

function brokerConfig(dir: string, port: number): string {
  return [
    `listener ${String(port)} 127.0.0.1`,
    'allow_anonymous true',
    // Debian's 2.0.11 closes a connection that has more answers than this to be sent.
    'max_queued_messages 100000',
    `acl_file ${dir}/acl`,
  ].join('\n');
}

interface Probe {
  readonly subject: AclFileSubject;
  readonly client: mqtt.MqttClient;
}

function connectTo(port: number, { username, clientid }: AclFileSubject): Promise<mqtt.MqttClient> {
  return mqtt.connectAsync(`mqtt://127.0.0.1:${String(port)}`, {
    clientId: clientid,
    protocolVersion: 5,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_MS,
    ...(username === null ? {} : { username, password: 'any' }),
  });
}

function observeSending(
  { subject, client }: Probe,
  topics: readonly string[],
): Promise<AclFileObservation[]> {
  return Promise.all(
    topics.map(async (topic) => ({
      question: { ...subject, access: 'publishClientSend' as const, topic },
      allowed: await mayPublish(client, topic),
    })),
  );
}

async function mayPublish(client: mqtt.MqttClient, topic: string): Promise<boolean> {
  try {
    await client.publishAsync(topic, 'tried', { qos: 1 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_AUTHORIZED) return false;
    throw error;
  }
}

async function observeSubscribing(
  { subject, client }: Probe,
  filters: readonly string[],
): Promise<AclFileObservation[]> {
  const observations: AclFileObservation[] = [];
  for (const topic of filters) {
    const [grant] = await client.subscribeAsync(topic, { qos: 0 });
    const question = { ...subject, access: 'subscribe' as const, topic };
    observations.push({ question, allowed: (grant?.qos ?? 128) < 128 });
    await client.unsubscribeAsync(topic);
  }
  return observations;
}

async function observeReceiving(
  probes: readonly Probe[],
  publisher: Probe,
  topics: readonly string[],
): Promise<AclFileObservation[]> {
  const received = probes.map(({ client }) => {
    const seen = new Set<string>();
    client.on('message', (topic, payload) => {
      if (payload.toString() === 'sent to all') seen.add(topic);
    });
    return seen;
  });
  await Promise.all(
    probes.map(({ client }) =>
      client.subscribeAsync(['#', ...topics.filter((topic) => topic.startsWith('$'))]),
    ),
  );
  for (const topic of topics) await publisher.client.publishAsync(topic, 'sent to all', { qos: 1 });
  // The answer to a further subscription comes after everything that was to be delivered.
  await Promise.all(probes.map(({ client }) => client.subscribeAsync('the/end')));
  return probes.flatMap(({ subject }, i) =>
    topics.map((topic) => ({
      question: { ...subject, access: 'publishClientReceive' as const, topic },
      allowed: received[i]?.has(topic) === true,
    })),
  );
}

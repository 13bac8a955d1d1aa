/**
 * What a real Mosquitto with its dynamic-security plugin allows to the subjects of many policies.
 */
import type { ReferenceRequest } from '../reference/decide.js';
import { BrokerProbe, type ProbeLogin } from './broker-probe.js';
import { mosquittoPlugin, startMosquitto } from './mosquitto.js';
import {
  PASSWORD,
  portableDocument,
  PUBLISHER,
  SENTINEL,
  subjectOf,
  type PortableDefaults,
  type PortablePolicy,
} from './portable-policies.js';

/** One thing that a client tried, and whether the broker let it. */
export interface Observation {
  readonly request: ReferenceRequest;
  readonly allowed: boolean;
}

/** The document of one broker, and what the broker did by it. */
export interface Session {
  readonly config: object;
  readonly observations: readonly Observation[];
}

interface Subject {
  readonly username: string | null;
  readonly clientid: string;
  readonly topics: readonly string[];
  readonly probe: BrokerProbe;
}

const RECEIVED_PER_POLICY = 5;

/**
 * Starts a broker with the policies; every subject publishes to the topics of its policy, and all of them listen
 * while the publisher publishes some topics of every policy.
 */
export async function observePolicies(
  policies: readonly PortablePolicy[],
  defaults: PortableDefaults,
): Promise<Session> {
  const config = portableDocument(policies, defaults);
  const broker = await startMosquitto({
    files: { 'dynamic-security.json': JSON.stringify(config) },
    config: brokerConfig,
  });
  const probes: BrokerProbe[] = [];
  const connect = async (login: Omit<ProbeLogin, 'port'>): Promise<BrokerProbe> => {
    const probe = await BrokerProbe.connect({ ...login, port: broker.port });
    probes.push(probe);
    return probe;
  };
  try {
    const subjects = await Promise.all(
      subjectsOf(policies).map(async (subject) => ({
        ...subject,
        probe: await connect(loginOf(subject)),
      })),
    );
    const publisher = await connect({ clientId: PUBLISHER, username: PUBLISHER, password: PASSWORD });
    const sent = await Promise.all(subjects.map((subject) => observeSending(subject)));
    const received = await observeReceiving(subjects, publisher, receivableTopics(policies));
    return { config, observations: [...sent.flat(), ...received] };
  } catch (error) {
    throw new Error(`broker log ends with:\n${broker.logs().slice(-2000)}`, { cause: error });
  } finally {
    await Promise.all(probes.map((probe) => probe.close()));
    await broker.stop();
  }
}

function brokerConfig(dir: string, port: number): string {
  return [
    `listener ${String(port)} 127.0.0.1`,
    'allow_anonymous true',
    // So that no message is dropped. With 0, which means no limit, 2.0.11 closes the connection after a denial.
    'max_inflight_messages 1000',
    'max_queued_messages 100000',
    `plugin ${mosquittoPlugin('mosquitto_dynamic_security.so')}`,
    `plugin_opt_config_file ${dir}/dynamic-security.json`,
  ].join('\n');
}

/** One subject a policy, and the anonymous client, who tries the topics of the first. */
function subjectsOf(policies: readonly PortablePolicy[]): Omit<Subject, 'probe'>[] {
  const named = policies.map(({ topics }, index) => {
    const username = subjectOf(index);
    return { username, clientid: `client of ${username}`, topics };
  });
  return [...named, { username: null, clientid: 'anonymous', topics: policies[0]?.topics ?? [] }];
}

function loginOf({ username, clientid }: Omit<Subject, 'probe'>): Omit<ProbeLogin, 'port'> {
  return username === null ? { clientId: clientid } : { clientId: clientid, username, password: PASSWORD };
}

function observeSending({ username, clientid, topics, probe }: Subject): Promise<Observation[]> {
  const attempts = topics.map(async (topic): Promise<Observation> => {
    const allowed = await probe.mayPublish(topic);
    return { request: { username, clientid, access: 'publishClientSend', topic }, allowed };
  });
  return Promise.all(attempts);
}

async function observeReceiving(
  subjects: readonly Subject[],
  publisher: BrokerProbe,
  topics: readonly string[],
): Promise<Observation[]> {
  // No `#` covers topics that start with `$`.
  const filters = ['#', ...topics.filter((topic) => topic.startsWith('$'))];
  await Promise.all(subjects.map(({ probe }) => probe.subscribe(filters)));
  const received = subjects.map(({ probe }) => probe.topicsUntil(SENTINEL));
  for (const topic of [...topics, SENTINEL]) {
    if (!(await publisher.mayPublish(topic)))
      throw new Error(`the publisher may not publish to \`${topic}\``);
  }
  const observed = await Promise.all(received);
  return subjects.flatMap(({ username, clientid }, index) =>
    topics.map((topic) => ({
      request: { username, clientid, access: 'publishClientReceive' as const, topic },
      allowed: observed[index]?.has(topic) === true,
    })),
  );
}

/** Some topics of every policy, but for those that no broker delivers from one client to another. */
function receivableTopics(policies: readonly PortablePolicy[]): string[] {
  const isDelivered = (topic: string): boolean =>
    !/^\$(CONTROL|share)/.test(topic) &&
    (!topic.startsWith('$SYS') || topic === '$SYS/broker/connection/a/state');
  const some = policies.flatMap(({ topics }) => topics.filter(isDelivered).slice(0, RECEIVED_PER_POLICY));
  return [...new Set(some)];
}

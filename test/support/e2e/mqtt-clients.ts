/**
 * Real MQTT clients that say what the broker answered: reason codes as numbers, `disconnected` where the broker
 * ended the connection instead of answering.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { bounded } from './eventually.js';

/** What the broker answers when it is told that a request is not authorized (MQTT 5). */
export const NOT_AUTHORIZED = 135;

/** A reason code, 0 for every success; or the broker closed the connection without one. */
export type Answer = number | 'disconnected';

/** Who connects, and how. */
export interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  /** 5 if absent. */
  readonly protocolVersion?: 4 | 5;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** A message that arrived. */
export interface Received {
  readonly topic: string;
  readonly payload: string;
}

/** A connected client. */
export interface Device {
  /** Publishes with QoS 1. On MQTT 3.1.1 a denial looks like success. */
  publish(topic: string, payload: string, options?: { retain: boolean }): Promise<Answer>;
  /** Subscribes with QoS 1; 0 where it is granted. */
  subscribe(filter: string): Promise<Answer>;
  unsubscribe(filter: string): Promise<Answer>;
  /** Everything received so far, in order. */
  readonly received: readonly Received[];
  /** Waits until a message with this payload has come: whatever was sent before it has come then, or never will. */
  until(payload: string): Promise<void>;
  isConnected(): boolean;
  /** Breaks the connection without DISCONNECT, so that the broker sends the will. */
  drop(): void;
}

/** The clients of one test. */
export interface MqttClients {
  /** Connects; the device, or what the broker answered instead. */
  tryConnect(login: Login): Promise<Device | Answer>;
  /** Connects; throws if the broker does not accept. */
  connect(login: Login): Promise<Device>;
  /** Ends every connection made here. */
  close(): Promise<void>;
}

/** Clients of the broker on this port of 127.0.0.1. */
export function mqttClients(port: number): MqttClients {
  const opened: MqttClient[] = [];
  const tryConnect: MqttClients['tryConnect'] = (login) => {
    const client = connect(optionsOf(port, login));
    opened.push(client);
    return bounded(untilAnswered(client), `the answer to the CONNECT of ${login.clientId}`);
  };
  return {
    tryConnect,
    async connect(login) {
      const device = await tryConnect(login);
      if (typeof device !== 'object') throw new Error(`${login.clientId} was answered ${String(device)}`);
      return device;
    },
    async close() {
      await Promise.all(opened.splice(0).map((client) => client.endAsync(true)));
    },
  };
}

function optionsOf(port: number, login: Login): IClientOptions {
  const { will, ...rest } = login;
  return {
    host: '127.0.0.1',
    port,
    protocolVersion: 5,
    reconnectPeriod: 0,
    resubscribe: false,
    ...rest,
    ...(will === undefined
      ? {}
      : { will: { ...will, payload: Buffer.from(will.payload), qos: 0, retain: false } }),
  };
}

function untilAnswered(client: MqttClient): Promise<Device | Answer> {
  return new Promise((resolve) => {
    const closed = new Promise<void>((done) => client.once('close', () => done()));
    client.once('connect', () => {
      resolve(deviceOf(client, closed));
    });
    client.on('error', (error) => {
      resolve(codeOf(error) ?? 'disconnected');
    });
    void closed.then(() => {
      resolve('disconnected');
    });
  });
}

function deviceOf(client: MqttClient, disconnected: Promise<void>): Device {
  const inbox = inboxOf(client, disconnected);
  const orGone = (request: Promise<unknown>, what: string): Promise<Answer> =>
    bounded(Promise.race([answerOf(request), disconnected.then(() => 'disconnected' as const)]), what);
  return {
    ...inbox,
    publish: (topic, payload, options) =>
      orGone(client.publishAsync(topic, payload, { qos: 1, ...options }), `PUBLISH ${topic}`),
    subscribe: (filter) => orGone(client.subscribeAsync(filter, { qos: 1 }), `SUBSCRIBE ${filter}`),
    unsubscribe: (filter) => orGone(client.unsubscribeAsync(filter), `UNSUBSCRIBE ${filter}`),
    isConnected: () => client.connected,
    drop: () => void client.stream.destroy(),
  };
}

function inboxOf(client: MqttClient, disconnected: Promise<void>): Pick<Device, 'received' | 'until'> {
  const received: Received[] = [];
  const waiting = new Map<string, () => void>();
  client.on('message', (topic, bytes) => {
    const payload = bytes.toString();
    received.push({ topic, payload });
    waiting.get(payload)?.();
  });
  const until = async (payload: string): Promise<void> => {
    if (received.some((message) => message.payload === payload)) return;
    const arrived = new Promise<void>((resolve) => waiting.set(payload, resolve));
    const gone = disconnected.then(() => {
      throw new Error(`the connection ended before \`${payload}\` came`);
    });
    await bounded(Promise.race([arrived, gone]), `a message \`${payload}\``);
  };
  return { received, until };
}

async function answerOf(request: Promise<unknown>): Promise<Answer> {
  try {
    const answer = await request;
    return refusalIn(answer) ?? 0;
  } catch (error) {
    return codeOf(error) ?? 'disconnected';
  }
}

/** The reason code of a refusal, which a SUBACK's error carries in its packet. */
export function codeOf(error: unknown): number | undefined {
  const { code, packet } = error as { code?: unknown; packet?: unknown };
  return refusalIn(packet) ?? (typeof code === 'number' ? code : undefined);
}

/** The reason code of a refusal in a SUBACK or UNSUBACK packet; what is neither holds none. */
function refusalIn(packet: unknown): number | undefined {
  const { granted } = (packet ?? {}) as { granted?: unknown };
  const code: unknown = Array.isArray(granted) ? granted[0] : undefined;
  return typeof code === 'number' && code >= 128 ? code : undefined;
}

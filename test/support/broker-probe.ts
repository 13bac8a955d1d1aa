/**
 * Asks a live broker what its clients may do, with real MQTT 5 clients.
 */
import mqtt from 'mqtt';

/** Who connects to which broker. Without a user name it is the anonymous client. */
export interface ProbeLogin {
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
}

// On `$CONTROL/dynamic-security/v1` it is a request to do nothing: Mosquitto 2.0 closes the connection after others.
const PAYLOAD = '{"commands":[]}';
const NOT_AUTHORIZED = 0x87;
const WAIT_MS = 20_000;

/** One connection that is asked with. Where the broker closes it, every question fails. */
export class BrokerProbe {
  private readonly closed: Promise<never>;

  private constructor(private readonly client: mqtt.MqttClient) {
    this.closed = new Promise((_, reject) => {
      client.once('close', () => {
        reject(new Error(`the broker closed the connection of \`${String(client.options.clientId)}\``));
      });
    });
    this.closed.catch(() => undefined);
  }

  /** Throws if the broker refuses the client. */
  static async connect({ port, ...who }: ProbeLogin): Promise<BrokerProbe> {
    const options = { ...who, protocolVersion: 5, reconnectPeriod: 0, connectTimeout: WAIT_MS } as const;
    return new BrokerProbe(await mqtt.connectAsync(`mqtt://127.0.0.1:${String(port)}`, options));
  }

  /** Whether the broker takes a message on that topic (QoS 1, told by the PUBACK). */
  async mayPublish(topic: string): Promise<boolean> {
    try {
      await Promise.race([this.client.publishAsync(topic, PAYLOAD, { qos: 1 }), this.closed]);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === NOT_AUTHORIZED) return false;
      throw error;
    }
  }

  /** Subscribes (QoS 0); throws if the broker refuses one of the filters. */
  async subscribe(filters: readonly string[]): Promise<void> {
    await Promise.race([this.client.subscribeAsync([...filters], { qos: 0 }), this.closed]);
  }

  /** The topics of all messages that come until one on `sentinel` does. */
  topicsUntil(sentinel: string): Promise<ReadonlySet<string>> {
    const topics = new Set<string>();
    const complete = new Promise<ReadonlySet<string>>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no message on \`${sentinel}\` came`));
      }, WAIT_MS);
      this.client.on('message', (topic) => {
        topics.add(topic);
        if (topic !== sentinel) return;
        clearTimeout(timer);
        resolve(topics);
      });
    });
    return Promise.race([complete, this.closed]);
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}

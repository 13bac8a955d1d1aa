/**
 * An administrator's connection to a live Mosquitto, over which dynsec commands go as everybody sends them: to
 * `$CONTROL/dynamic-security/v1`, with the replies on `$CONTROL/dynamic-security/v1/response`.
 */
import mqtt from 'mqtt';
import { bounded } from './e2e/eventually.js';

const TOPIC = '$CONTROL/dynamic-security/v1';
const WAIT_MS = 20_000;

/** Who administers which broker. */
export interface DynsecLogin {
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** One connection. Where the broker closes it, every request fails. */
export class DynsecSession {
  readonly #closed: Promise<never>;

  private constructor(private readonly client: mqtt.MqttClient) {
    this.#closed = new Promise((_, reject) => {
      client.once('close', () => {
        reject(new Error('the broker closed the connection of its administrator'));
      });
    });
    this.#closed.catch(() => undefined);
  }

  /** Connects, and listens to the replies. */
  static async open({ port, username, password }: DynsecLogin): Promise<DynsecSession> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${String(port)}`, {
      ...{ username, password, protocolVersion: 5, reconnectPeriod: 0, connectTimeout: WAIT_MS },
    });
    const session = new DynsecSession(client);
    await Promise.race([client.subscribeAsync(`${TOPIC}/response`, { qos: 0 }), session.#closed]);
    return session;
  }

  /** Sends the text of a request, and returns the parsed reply. One at a time. */
  async send(text: string): Promise<unknown> {
    const reply = new Promise<string>((resolve) => {
      this.client.once('message', (_topic, payload) => {
        resolve(payload.toString());
      });
    });
    const sent = this.client.publishAsync(TOPIC, text, { qos: 0 });
    const answered = Promise.all([reply, sent]).then(([json]): unknown => JSON.parse(json));
    return bounded(Promise.race([answered, this.#closed]), `a reply to \`${text}\``, WAIT_MS);
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}

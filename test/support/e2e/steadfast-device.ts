/** A device as they are in the field: it connects again by itself, subscribes to its own topics, and waits. */
import { connect, type MqttClient } from 'mqtt';
import { codeOf } from './mqtt-clients.js';

/** Who it is. */
export interface SteadfastLogin {
  /** Of its broker, on 127.0.0.1. */
  readonly port: number;
  /** Its client id too: what it subscribes to is `devices/USERNAME/#`. */
  readonly username: string;
  readonly password: string;
}

/** A device that goes on until it is in, and then as often as it is thrown out. */
export class SteadfastDevice {
  readonly username: string;
  readonly #client: MqttClient;
  #isIn = false;
  #refusal: number | undefined;

  /** It begins to connect. */
  constructor({ port, username, password }: SteadfastLogin) {
    this.username = username;
    this.#client = connect({
      host: '127.0.0.1',
      port,
      username,
      password,
      clientId: username,
      protocolVersion: 5,
      resubscribe: false,
      reconnectOnConnackError: true,
      // Not all of them at the same moment.
      reconnectPeriod: 300 + Math.floor(Math.random() * 700),
    });
    this.#client.on('connect', () => void this.#subscribe());
    this.#client.on('close', () => {
      this.#isIn = false;
    });
    this.#client.on('error', (error) => {
      this.#refusal = codeOf(error) ?? this.#refusal;
    });
  }

  /** Whether it is connected, with its subscription granted on this very connection. */
  get isIn(): boolean {
    return this.#isIn;
  }

  /** The reason code by which it was last refused, since it was last forgotten. */
  get refusal(): number | undefined {
    return this.#refusal;
  }

  /** From now on only what happens next counts. */
  forget(): void {
    this.#isIn = false;
    this.#refusal = undefined;
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#client.subscribeAsync(`devices/${this.username}/#`, { qos: 1 });
      this.#isIn = this.#client.connected;
    } catch (error) {
      this.#refusal = codeOf(error) ?? this.#refusal;
    }
  }
}

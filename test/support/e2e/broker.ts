/** A real Mosquitto with the test plugin, and what the plugin says about its calls. */
import { setImmediate } from 'node:timers/promises';
import { startMosquitto, type Mosquitto } from '../mosquitto.js';
import { buildPlugin } from './build-plugin.js';
import { mqttClients, type MqttClients } from './mqtt-clients.js';

/** What a broker with the plugin is started with. */
export interface BrokerSetup {
  /** The port of 127.0.0.1 that the plugin asks. */
  readonly checkPort: number;
  /** The plugin's options without `auth_opt_`, beside and over host, port and the uris of the two checks. */
  readonly options?: Readonly<Record<string, string>>;
  /** Further lines for mosquitto.conf, after the plugin's. */
  readonly brokerLines?: readonly string[];
}

/** One call of the plugin, as it stands in the broker's log. */
export interface Call {
  readonly outcome: 'allow' | 'deny' | 'error';
  /** The HTTP status, or why there is none, in brackets. */
  readonly why: string;
  readonly method: string;
  readonly uri: string;
  /** What was asked, the password left out. */
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A broker that asks by HTTP. */
export interface AskingBroker {
  readonly broker: Mosquitto;
  readonly clients: MqttClients;
  /** Every call that the plugin has made so far, in order: at least those whose effect the caller has seen. */
  calls(): Promise<Call[]>;
  /** Ends clients and broker and leaves nothing behind. */
  stop(): Promise<void>;
}

const CALL = /gatehouse_test_plugin: (allow|deny|error) (\d+|\[[^\]]*\]) (\S+) (\S+) (\{.*\})$/gm;

/** Builds the plugin and starts a broker with it. */
export async function startAskingBroker(setup: BrokerSetup): Promise<AskingBroker> {
  const plugin = buildPlugin();
  try {
    const broker = await startMosquitto({ config: (_dir, port) => askingConfig(plugin.path, port, setup) });
    const clients = mqttClients(broker.port);
    const stop = async (): Promise<void> => {
      await clients.close();
      await broker.stop();
      plugin.remove();
    };
    return { broker, clients, calls: () => callsOf(broker), stop };
  } catch (error) {
    plugin.remove();
    throw error;
  }
}

/** The mosquitto.conf of a broker that asks. */
export function askingConfig(plugin: string, port: number, setup: BrokerSetup): string {
  const options = {
    http_host: '127.0.0.1',
    http_port: String(setup.checkPort),
    http_getuser_uri: '/auth/user',
    http_aclcheck_uri: '/auth/acl',
    ...setup.options,
  };
  return [
    `listener ${String(port)} 127.0.0.1`,
    'allow_anonymous false',
    `auth_plugin ${plugin}`,
    ...Object.entries(options).map(([name, value]) => `auth_opt_${name} ${value}`),
    ...(setup.brokerLines ?? []),
  ].join('\n');
}

async function callsOf(broker: Mosquitto): Promise<Call[]> {
  // The broker has written its log before it answers, but the log comes through another pipe than the answer:
  // three turns of the event loop hold at least one look at every pipe.
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
  return [...broker.logs().matchAll(CALL)].map(
    ([, outcome, why = '', method = '', uri = '', fields = '']) => ({
      outcome: outcome as Call['outcome'],
      why,
      method,
      uri,
      fields: JSON.parse(fields) as Call['fields'],
    }),
  );
}

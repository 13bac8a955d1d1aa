/** Several instances of the whole service on one realm in Redis. */
import { parseRedisAddress } from '../../../src/store/redis/redis-address.js';
import { allow, allowAll, documentOf } from '../e2e/document.js';
import { eventually } from '../e2e/eventually.js';
import type { Executed } from '../http/administration.js';
import { ask, execute } from '../http/administration.js';
import { bodyOf, call, check } from '../http/call.js';
import { ADMIN_TOKEN } from '../http/management.js';
import type { TestService } from '../service.js';
import { startTestService } from '../service.js';
import type { BrokerCheck } from './simulated-brokers.js';
import { deviceChecks } from './simulated-brokers.js';

const DEVICES = ['d1', 'd2', 'd3'];
const PASSWORD = 'of every device';

/** Devices in their jails, and one right that some of them may get. */
const DOCUMENT = documentOf({
  clients: DEVICES.map((username) => ({ username, password: PASSWORD, roles: ['device'] })),
  roles: {
    device: allowAll('devices/%u/#'),
    extra: [allow('publishClientSend', 'extra')],
  },
});

/** The use of that right: whether it is allowed changes. */
export function extraCheck(username: string): BrokerCheck {
  return { path: '/auth/acl', fields: { username, clientid: `${username}-1`, topic: 'extra', acc: 2 } };
}

/** What brokers ask about all devices. */
export const FLEET_CHECKS: readonly BrokerCheck[] = DEVICES.flatMap((username, i) => [
  ...deviceChecks(username, PASSWORD, DEVICES[(i + 1) % DEVICES.length] ?? ''),
  extraCheck(username),
]);

/** What `/health/ready` says, in short: in contact, with the newest state. */
export const IN_CONTACT = '200 current';
/** Without contact, deciding from memory. */
export const FROM_MEMORY = '200 stale';
/** Without contact for too long. */
export const UNDECIDED = '503 stale';
/** Never in contact. */
export const WAITING = '503 absent';

/** Far beyond what is promised: several suites share two cores. */
const RECOVERY_MS = 40_000;

/** Instances that run. */
export interface TestFleet {
  readonly services: readonly TestService[];
  /** Waits until all are so. */
  untilAll(state: string): Promise<void>;
  /** Gives a device the right, by an instance, and does not wait for the others. */
  give(username: string, by?: TestService): Promise<Executed>;
  /** Takes it away. */
  take(username: string, by?: TestService): Promise<Executed>;
  /** Waits until every instance decides so about the right. */
  untilExtra(username: string, status: 200 | 403): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an instance; does not wait for Redis. */
export function startInstance(redisUrl: string, maxStalenessMs = 300_000): Promise<TestService> {
  return startTestService({
    document: '{}',
    settings: {
      adminTokens: [ADMIN_TOKEN],
      redis: {
        address: parseRedisAddress(redisUrl),
        tls: {},
        realm: 'default',
        waitReplicas: 0,
        maxStalenessMs,
      },
    },
  });
}

/** Starts an instance for each address, all of the same Redis, and waits until all have the devices. */
export async function startFleet(urls: readonly string[], maxStalenessMs?: number): Promise<TestFleet> {
  const services: TestService[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.close()));
  };
  try {
    for (const url of urls) services.push(await startInstance(url, maxStalenessMs));
    for (const service of services) await untilState(service, IN_CONTACT);
    const [first] = services;
    if (!first) throw new Error('there is no instance');
    const put = await ask(first, '/document?force=true', { body: JSON.parse(DOCUMENT) as object });
    if (put.status !== 200) throw new Error(`the document: ${put.text}`);
    const fleet = fleetOf(first, services, stop);
    // Nobody has the right yet; who answers that has the devices.
    await fleet.untilExtra('d1', 403);
    for (const service of services)
      await eventually(
        () => clientsOf(service),
        (names) => names.has('d1'),
      );
    return fleet;
  } catch (error) {
    await stop();
    throw error;
  }
}

function fleetOf(first: TestService, services: readonly TestService[], stop: () => Promise<void>): TestFleet {
  const change = (command: string, username: string, by: TestService): Promise<Executed> =>
    execute(by, [{ command, username, rolename: 'extra' }]);
  return {
    services,
    stop,
    untilAll: async (state) => {
      for (const service of services) await untilState(service, state);
    },
    give: (username, by = first) => change('addClientRole', username, by),
    take: (username, by = first) => change('removeClientRole', username, by),
    untilExtra: async (username, status) => {
      const { path, fields } = extraCheck(username);
      for (const { url } of services)
        await eventually(
          async () => (await check(url, path, fields)).status,
          (answered) => answered === status,
          RECOVERY_MS,
        );
    },
  };
}

/** Waits until an instance says so of itself. Throws with its log if it does not. */
export async function untilState(service: TestService, state: string): Promise<void> {
  const ask = async (): Promise<string> => {
    const answer = await call(service.url, '/health/ready', { method: 'GET' });
    const { policy } = bodyOf(answer) as { readonly policy: { readonly state: string } };
    return `${answer.status} ${policy.state}`;
  };
  try {
    await eventually(ask, (actual) => actual === state, RECOVERY_MS);
  } catch (error) {
    throw new Error(`${String(error)}, not ${state}; its log:\n${service.log.text()}`, { cause: error });
  }
}

/** The names of the clients as an instance has them. */
export async function clientsOf(service: TestService): Promise<ReadonlySet<string>> {
  const { clients } = bodyOf(await ask(service, '/document')) as {
    readonly clients: readonly { readonly username: string }[];
  };
  return new Set(clients.map(({ username }) => username));
}

/** What the log says of contact, in short: one line for each change, but one more for each other reason of an outage. */
export function contactLines({ log }: TestService): readonly string[] {
  const lines: string[] = [];
  let told = new Set<unknown>();
  for (const { msg, problem } of log.lines()) {
    if (msg === 'in contact with the realm in Redis') lines.push('found');
    else if (msg !== 'no contact with the realm in Redis') continue;
    else if (told.size === 0 || told.has(problem)) lines.push('lost');
    told = msg.startsWith('in contact') ? new Set() : told.add(problem);
  }
  return lines;
}

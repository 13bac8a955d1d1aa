import { setTimeout as sleep } from 'node:timers/promises';
import { allowAll } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { NOT_AUTHORIZED, type Answer, type Device } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

// Several starts of the service, and calls that end by the plugin's time limit, on machines that may be busy.
jest.setTimeout(60_000);

const NAMES = ['alice', 'bob', 'carol'];
const OPERATOR = { username: 'operator', password: 'of them all', roles: ['operator'] };
const DOCUMENT = {
  clients: [...NAMES.map((username) => ({ username, password: 'x', roles: ['device'] })), OPERATOR],
  roles: { device: allowAll('devices/%u/#'), operator: allowAll('#') },
};

type Step = (stack: Stack) => unknown;
type Outage = readonly [name: string, begin: Step, end: Step];

const restart = (stack: Stack): Promise<void> => stack.restartGatehouse();
const OUTAGES: readonly Outage[] = [
  ['ended by SIGTERM', (stack) => stack.gatehouse().stop('SIGTERM'), restart],
  ['killed by SIGKILL', (stack) => stack.gatehouse().stop('SIGKILL'), restart],
  [
    'suspended by SIGSTOP',
    (stack) => stack.gatehouse().signal('SIGSTOP'),
    (stack) => stack.gatehouse().signal('SIGCONT'),
  ],
];

describe.each(OUTAGES)('a gatehouse that is %s', (_name, begin, end) => {
  let stack: Stack;
  beforeEach(async () => {
    stack = await startStack({ document: DOCUMENT, options: { http_timeout: '1' } });
  });
  afterEach(() => stack.stop());

  const enter = (username: string): Promise<Device> =>
    stack.clients.connect({ username, password: 'x', clientId: username });
  const tryEnter = async (username: string, password = 'x'): Promise<Answer> => {
    const outcome = await stack.clients.tryConnect({ username, password, clientId: `${username}-again` });
    return typeof outcome === 'object' ? 0 : outcome;
  };

  it('is an error to the plugin and never an allow, and answers again afterwards', async () => {
    const [alice, bob, carol] = await Promise.all([enter('alice'), enter('bob'), enter('carol')]);
    const operator = await stack.clients.connect({ ...OPERATOR, clientId: 'operator' });
    await operator.subscribe('#');
    const before = (await stack.calls()).length;
    await begin(stack);

    expect(await alice.publish('devices/alice/state', 'while away')).toBe('disconnected');
    expect(await bob.subscribe('devices/bob/#')).toBe('disconnected');
    expect(await carol.publish('devices/bob/state', 'forged')).toBe('disconnected');
    expect(await tryEnter('alice')).toBe('disconnected');
    expect(await tryEnter('alice', 'wrong')).toBe('disconnected');
    const outcomes = (await stack.calls()).slice(before).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['error', 'error', 'error', 'error', 'error']);

    await end(stack);
    const again = await enter('alice');
    expect(await again.subscribe('devices/alice/#')).toBe(0);
    expect(await again.publish('devices/alice/state', 'back')).toBe(0);
    await Promise.all([again.until('back'), operator.until('back')]);
    expect(operator.received.map(({ payload }) => payload)).toEqual(['back']);
    expect(await again.publish('devices/bob/state', 'forged')).toBe(NOT_AUTHORIZED);
    expect(await tryEnter('alice', 'wrong')).toBe(NOT_AUTHORIZED);
  });
});

/** Waits until the plugin has met this outcome again. */
async function untilCalls(stack: Stack, outcome: 'allow' | 'error'): Promise<void> {
  const { length } = await stack.calls();
  await eventually(
    async () => (await stack.calls()).slice(length).map((call) => call.outcome),
    (outcomes) => outcomes.includes(outcome),
  );
}

describe('a gatehouse that is killed and restarted under traffic', () => {
  let stack: Stack;
  beforeEach(async () => {
    stack = await startStack({ document: DOCUMENT, options: { http_timeout: '1' } });
  });
  afterEach(() => stack.stop());

  /** Publishes until told to stop, connecting again whenever the broker ends the connection. */
  const insist = async (username: string, topic: string, isOver: () => boolean): Promise<Set<Answer>> => {
    const answers = new Set<Answer>();
    while (!isOver()) {
      const device = await stack.clients.tryConnect({ username, password: 'x', clientId: username });
      if (typeof device !== 'object') {
        answers.add(device);
        await sleep(20);
        continue;
      }
      while (!isOver() && device.isConnected()) {
        answers.add(await device.publish(topic, username));
        await sleep(5);
      }
    }
    return answers;
  };

  it('never lets a device out of its jail, nor refuses it its own topics', async () => {
    let isOver = false;
    const own = insist('alice', 'devices/alice/state', () => isOver);
    const foreign = insist('bob', 'devices/alice/state', () => isOver);
    try {
      for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGTERM'] as const) {
        await untilCalls(stack, 'allow');
        await stack.gatehouse().stop(signal);
        await untilCalls(stack, 'error');
        await stack.restartGatehouse();
      }
      await untilCalls(stack, 'allow');
    } finally {
      isOver = true;
    }
    expect(await own).toEqual(new Set([0, 'disconnected']));
    expect(await foreign).toEqual(new Set([NOT_AUTHORIZED, 'disconnected']));
  });
});

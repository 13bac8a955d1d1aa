import { allow, allowAll } from '../support/e2e/document.js';
import { NOT_AUTHORIZED, type Device } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

const client = (username: string, role: string) => ({ username, password: 'x', roles: [role] });
const DOCUMENT = {
  clients: [
    client('worker-1', 'worker'),
    client('worker-2', 'worker'),
    client('explicit', 'explicit'),
    client('barred', 'barred'),
    client('operator', 'operator'),
  ],
  roles: {
    worker: [allow('subscribePattern', 'jobs/#'), allow('publishClientReceive', 'jobs/open/#')],
    explicit: [allow('subscribePattern', '$share/crew/jobs/#'), allow('publishClientReceive', 'jobs/open/#')],
    barred: [
      allow('subscribePattern', 'jobs/#'),
      { acltype: 'subscribePattern', topic: '$share/crew/#', allow: false },
    ],
    operator: allowAll('#'),
  },
};

/** The answers to SUBSCRIBE in both modes: only where a rule for the inner filter counts do the workers share. */
const MODES = [
  ['dynsec', { 'worker-1': NOT_AUTHORIZED, 'worker-2': NOT_AUTHORIZED, explicit: 0, barred: NOT_AUTHORIZED }],
  ['filter', { 'worker-1': 0, 'worker-2': 0, explicit: 0, barred: NOT_AUTHORIZED }],
] as const;

describe.each(MODES)('shared subscriptions in mode %s', (mode, expected) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ document: DOCUMENT, env: { GATEHOUSE_SHARED_SUBSCRIPTIONS: mode } });
  });
  afterEach(() => stack.clients.close());
  afterAll(() => stack.stop());

  const enter = (username: string): Promise<Device> =>
    stack.clients.connect({ username, password: 'x', clientId: username });
  const share = async (filter: string): Promise<Record<string, unknown>> => {
    const names = Object.keys(expected);
    const answers = names.map(async (name) => [name, await (await enter(name)).subscribe(filter)] as const);
    return Object.fromEntries(await Promise.all(answers));
  };

  it('are granted by the rules that count there', async () => {
    expect(await share('$share/crew/jobs/+/new')).toEqual(expected);
  });

  it('are refused to everybody outside their topics', async () => {
    const nobody = Object.fromEntries(Object.keys(expected).map((name) => [name, NOT_AUTHORIZED]));
    expect(await share('$share/crew/secrets/#')).toEqual(nobody);
    expect(await share('$share/crew/#')).toEqual(nobody);
  });

  it('deliver what the reader may receive by its real topic, and nothing else', async () => {
    const reader = await enter('explicit');
    expect(await reader.subscribe('$share/crew/jobs/#')).toBe(0);
    const operator = await enter('operator');
    for (const topic of ['jobs/closed/1', 'jobs/open/1', 'jobs/closed/2', 'jobs/open/2']) {
      await operator.publish(topic, topic);
    }
    await reader.until('jobs/open/2');
    expect(reader.received.map(({ topic }) => topic)).toEqual(['jobs/open/1', 'jobs/open/2']);
    const reads = (await stack.calls()).filter(({ fields }) => fields['acc'] === 1);
    expect(new Set(reads.map(({ fields }) => fields['topic']))).toEqual(
      new Set(['jobs/closed/1', 'jobs/open/1', 'jobs/closed/2', 'jobs/open/2']),
    );
  });
});

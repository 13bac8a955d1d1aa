import { allow, allowAll, type TestClient } from '../support/e2e/document.js';
import { NOT_AUTHORIZED, type Device } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

const DEVICES = ['al', 'alice', 'bob', 'pump <1> & "2"', 'größe'];

function device(username: string): TestClient {
  return {
    username,
    password: `${username}'s secret`,
    roles: ['device', 'session'],
    clientids: ['%{username}-*'],
  };
}

const DOCUMENT = {
  clients: [
    ...DEVICES.map(device),
    { ...device('snoop'), roles: ['snoop'] },
    { username: 'operator', password: 'of them all', roles: ['operator'] },
  ],
  roles: {
    device: allowAll('devices/%u/#'),
    session: allowAll('sessions/%c/#'),
    // May ask for everything, and is still given its own alone.
    snoop: [allow('subscribePattern', 'devices/#'), allow('publishClientReceive', 'devices/%u/#')],
    operator: allowAll('#'),
  },
};

describe('a jail made of one templated role', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ document: DOCUMENT });
  });
  afterEach(() => stack.clients.close());
  afterAll(() => stack.stop());

  const enter = (username: string, suffix = '1', protocolVersion: 4 | 5 = 5): Promise<Device> =>
    stack.clients.connect({
      username,
      password: `${username}'s secret`,
      clientId: `${username}-${suffix}`,
      protocolVersion,
    });
  const operator = (): Promise<Device> =>
    stack.clients.connect({ username: 'operator', password: 'of them all', clientId: 'operator' });

  it('lets every device publish, subscribe and receive in its own topics, all at once', async () => {
    const inside = await Promise.all(
      DEVICES.map(async (name) => {
        const own = await enter(name);
        const subscribed = await own.subscribe(`devices/${name}/#`);
        const published = await own.publish(`devices/${name}/state`, `I am ${name}`);
        await own.until(`I am ${name}`);
        const unsubscribed = await own.unsubscribe(`devices/${name}/#`);
        return { subscribed, published, unsubscribed, received: own.received };
      }),
    );
    expect(inside).toEqual(
      DEVICES.map((name) => ({
        subscribed: 0,
        published: 0,
        unsubscribed: 0,
        received: [{ topic: `devices/${name}/state`, payload: `I am ${name}` }],
      })),
    );
  });

  it('refuses every device the topics of every other', async () => {
    const everywhere = await operator();
    await everywhere.subscribe('#');
    const answers = await Promise.all(
      DEVICES.map(async (name) => {
        const intruder = await enter(name);
        const others = DEVICES.filter((other) => other !== name);
        return Promise.all(
          others.flatMap((other) => [
            intruder.publish(`devices/${other}/state`, 'forged'),
            intruder.subscribe(`devices/${other}/state`),
            intruder.subscribe(`devices/${other}/#`),
          ]),
        );
      }),
    );
    expect(answers.flat()).toEqual(Array(DEVICES.length * (DEVICES.length - 1) * 3).fill(NOT_AUTHORIZED));
    await everywhere.publish('end', 'of the forgeries');
    await everywhere.until('of the forgeries');
    expect(everywhere.received.map((message) => message.payload)).toEqual(['of the forgeries']);
  });

  it.each(['#', '+/#', 'devices/#', 'devices/+/state', 'devices/+', '+/alice/#', '$SYS/#', 'devices'])(
    'refuses a device a subscription to %s, which is wider than its own topics',
    async (filter) => {
      const alice = await enter('alice');
      expect(await alice.subscribe(filter)).toBe(NOT_AUTHORIZED);
    },
  );

  it('lets a device subscribe with wildcards inside its own topics', async () => {
    const alice = await enter('alice');
    expect(await alice.subscribe('devices/alice/+/set')).toBe(0);
  });

  it('gives a device with a wide subscription the messages of its own topics alone', async () => {
    const snoop = await enter('snoop');
    expect(await snoop.subscribe('devices/#')).toBe(0);
    const sender = await operator();
    for (const name of DEVICES) await sender.publish(`devices/${name}/state`, `of ${name}`);
    await sender.publish('devices/snoop/state', 'own');
    await snoop.until('own');
    expect(snoop.received.map((message) => message.payload)).toEqual(['own']);
  });

  it('gives a new subscriber no retained message of another device', async () => {
    const sender = await operator();
    await sender.publish('devices/alice/kept', 'of alice', { retain: true });
    await sender.publish('devices/snoop/kept', 'own and kept', { retain: true });
    const snoop = await enter('snoop');
    await snoop.subscribe('devices/#');
    await sender.publish('devices/snoop/state', 'after the retained');
    await snoop.until('after the retained');
    expect(snoop.received.map((message) => message.payload)).toEqual(['own and kept', 'after the retained']);
  });

  it('sends the will of a device inside its jail, and none outside', async () => {
    const watcher = await operator();
    await watcher.subscribe('devices/#');
    const wills = [
      { topic: 'devices/bob/state', payload: 'forged will' },
      { topic: 'devices/alice/state', payload: 'own will' },
    ];
    for (const [index, will] of wills.entries()) {
      const login = {
        username: 'alice',
        password: "alice's secret",
        clientId: `alice-${String(index)}`,
        will,
      };
      (await stack.clients.connect(login)).drop();
    }
    await watcher.until('own will');
    expect(watcher.received.map((message) => message.payload)).not.toContain('forged will');
    const asked = (await stack.calls()).filter(({ fields }) => fields['topic'] === 'devices/bob/state');
    expect(asked.at(-1)).toMatchObject({ outcome: 'deny', fields: { username: 'alice', acc: 2 } });
  });

  it('tells an MQTT 3.1.1 device of a refused subscription, and drops what it may not publish', async () => {
    const watcher = await operator();
    await watcher.subscribe('devices/+/state');
    const alice = await enter('alice', 'old', 4);
    expect(await alice.subscribe('devices/bob/#')).toBe(128);
    await alice.publish('devices/bob/state', 'forged');
    await alice.publish('devices/alice/state', 'own');
    await watcher.until('own');
    expect(watcher.received.map((message) => message.payload)).toEqual(['own']);
  });

  it('tells two connections of one device apart by %c', async () => {
    const [first, second] = await Promise.all([enter('bob', '1'), enter('bob', '2')]);
    await first.subscribe('sessions/bob-1/#');
    expect(await second.subscribe('sessions/bob-1/#')).toBe(NOT_AUTHORIZED);
    expect(await second.publish('sessions/bob-1/state', 'forged')).toBe(NOT_AUTHORIZED);
    expect(await first.publish('sessions/bob-1/state', 'own')).toBe(0);
    await first.until('own');
    expect(first.received.map((message) => message.payload)).toEqual(['own']);
  });
});

describe('a jail on a broker that lets wildcards stand in names', () => {
  const names = ['+', '#', 'a/b'];
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      document: {
        clients: names.map((username) => ({ username, password: 'x', roles: ['device'] })),
        roles: { device: [...allowAll('devices/%u/#'), ...allowAll('sessions/%c/#'), ...allowAll('open')] },
      },
      brokerLines: ['auth_plugin_deny_special_chars false'],
    });
  });
  afterAll(() => stack.stop());

  it.each(names)(
    'lets a client named %s into no templated topic, as user name or as client id',
    async (name) => {
      const client = await stack.clients.connect({ username: name, password: 'x', clientId: name });
      expect(await client.publish('open', 'without a template')).toBe(0);
      const filters = [`devices/${name}`, `sessions/${name}`, 'devices/alice/#', 'sessions/alice/#'];
      const answers = [];
      for (const filter of filters) answers.push(await client.subscribe(filter));
      expect(answers).toEqual(filters.map(() => NOT_AUTHORIZED));
    },
  );
});

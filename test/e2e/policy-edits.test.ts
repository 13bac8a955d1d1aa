import { allow, allowAll, documentOf, type TestAcl, type TestClient } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { NOT_AUTHORIZED, type Device } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

const BASE = allowAll('devices/%u/#');
const OPERATOR = { username: 'operator', password: 'of them all', roles: ['operator'] };

/** The document under edit: one device, whose role and client the tests change. */
function edited(acls: readonly TestAcl[], client: Partial<TestClient> = {}): string {
  const device = { username: 'device', password: 'first', roles: ['device'], ...client };
  return documentOf({ clients: [device, OPERATOR], roles: { device: acls, operator: allowAll('#') } });
}

describe('an edit of the file, on connections that stay', () => {
  let stack: Stack;
  let device: Device;
  let operator: Device;
  let probes = 0;
  beforeEach(async () => {
    stack = await startStack({
      document: {
        clients: [{ username: 'device', password: 'first', roles: ['device'] }, OPERATOR],
        roles: { device: BASE, operator: allowAll('#') },
      },
    });
    device = await stack.clients.connect({ username: 'device', password: 'first', clientId: 'device' });
    operator = await stack.clients.connect({ ...OPERATOR, clientId: 'operator' });
    expect(await device.subscribe('devices/device/#')).toBe(0);
  });
  afterEach(() => stack.stop());

  const untilAnswer = (ask: () => Promise<unknown>, answer: unknown): Promise<unknown> =>
    eventually(ask, (got) => got === answer);
  /** Whether a message of the operator on this topic reaches the device; `marker` is a topic that always does. */
  const isDelivered = async (topic: string, marker: string): Promise<boolean> => {
    const id = String((probes += 1));
    await operator.publish(topic, `probe ${id}`);
    await operator.publish(marker, `marker ${id}`);
    await device.until(`marker ${id}`);
    return device.received.some(({ payload }) => payload === `probe ${id}`);
  };

  it('grants and revokes publishing', async () => {
    const publish = (): Promise<unknown> => device.publish('common/news', 'x');
    expect(await publish()).toBe(NOT_AUTHORIZED);
    await stack.replaceFile(edited([...BASE, allow('publishClientSend', 'common/#')]));
    await untilAnswer(publish, 0);
    await stack.replaceFile(edited(BASE));
    await untilAnswer(publish, NOT_AUTHORIZED);
    expect(await publish()).toBe(NOT_AUTHORIZED);
    expect(await device.publish('devices/device/x', 'x')).toBe(0);
    expect(device.isConnected()).toBe(true);
  });

  it('grants and revokes subscribing', async () => {
    const subscribe = (): Promise<unknown> => device.subscribe('common/news');
    expect(await subscribe()).toBe(NOT_AUTHORIZED);
    await stack.overwriteFile(edited([...BASE, allow('subscribeLiteral', 'common/news')]));
    await untilAnswer(subscribe, 0);
    await stack.overwriteFile(edited(BASE));
    await untilAnswer(subscribe, NOT_AUTHORIZED);
  });

  it('stops and resumes deliveries of a subscription that is there', async () => {
    const marker = 'devices/device/marker';
    const toNews = (): Promise<boolean> => isDelivered('devices/device/news', marker);
    expect(await toNews()).toBe(true);
    await stack.replaceFile(
      edited([{ acltype: 'publishClientReceive', topic: 'devices/%u/news', allow: false }, ...BASE]),
    );
    await untilAnswer(toNews, false);
    expect(await toNews()).toBe(false);
    await stack.replaceFile(edited(BASE));
    await untilAnswer(toNews, true);
    expect(device.isConnected()).toBe(true);
  });

  it('locks out a client that is disabled, on its live connection and at its next login', async () => {
    const login = { username: 'device', password: 'first', clientId: 'device-2' };
    await stack.replaceFile(edited(BASE, { disabled: true }));
    await untilAnswer(() => device.publish('devices/device/x', 'x'), NOT_AUTHORIZED);
    expect(await device.subscribe('devices/device/y')).toBe(NOT_AUTHORIZED);
    expect(await stack.clients.tryConnect(login)).toBe(NOT_AUTHORIZED);
  });

  it('locks out a client that is deleted, and a client whose client id is bound to another', async () => {
    await stack.replaceFile(edited(BASE, { clientid: 'another' }));
    await untilAnswer(() => device.publish('devices/device/x', 'x'), NOT_AUTHORIZED);
    await stack.replaceFile(edited(BASE));
    await untilAnswer(() => device.publish('devices/device/x', 'x'), 0);
    await stack.replaceFile(edited(BASE, { username: 'renamed' }));
    await untilAnswer(() => device.publish('devices/device/x', 'x'), NOT_AUTHORIZED);
  });

  it('replaces a password', async () => {
    const login = async (password: string): Promise<boolean> => {
      const clientId = `again-${String((probes += 1))}`;
      return typeof (await stack.clients.tryConnect({ username: 'device', password, clientId })) === 'object';
    };
    expect(await login('second')).toBe(false);
    await stack.replaceFile(edited(BASE, { password: 'second' }));
    await untilAnswer(() => login('second'), true);
    expect(await login('first')).toBe(false);
  });

  it('leaves the last good policy in force when it is broken, and is taken over once it is mended', async () => {
    const granted = edited([...BASE, allow('publishClientSend', 'common/#')]);
    await stack.replaceFile(granted);
    await untilAnswer(() => device.publish('common/news', 'x'), 0);
    const before = stack.gatehouse().output().length;

    await stack.overwriteFile(edited(BASE).slice(0, -40));
    // It is refused in the log, with the name of the file.
    await eventually(
      () => stack.gatehouse().output().slice(before),
      (output) => output.includes('dynamic-security.json'),
    );
    expect(await device.publish('common/news', 'x')).toBe(0);
    expect(await device.publish('devices/other/x', 'x')).toBe(NOT_AUTHORIZED);
    expect(await stack.clients.tryConnect({ username: 'x', password: 'x', clientId: 'x' })).toBe(
      NOT_AUTHORIZED,
    );

    await stack.overwriteFile(edited(BASE));
    await untilAnswer(() => device.publish('common/news', 'x'), NOT_AUTHORIZED);
    expect(await device.publish('devices/device/x', 'x')).toBe(0);
  });
});

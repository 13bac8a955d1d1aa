import { allowAll } from '../support/e2e/document.js';
import { NOT_AUTHORIZED } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

const DOCUMENT = {
  clients: [
    { username: 'device', password: 'device', roles: ['device'] },
    { username: 'root', password: 'root', roles: [], superuser: true },
    { username: 'caged', password: 'caged', roles: [], superuser: true, clientid: 'console' },
    { username: 'former', password: 'former', roles: ['device'], superuser: true, disabled: true },
  ],
  roles: { device: allowAll('devices/%u/#') },
};

describe('a plugin that asks for superusers', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ document: DOCUMENT, options: { http_superuser_uri: '/auth/superuser' } });
  });
  afterEach(() => stack.clients.close());
  afterAll(() => stack.stop());

  const connect = (username: string, clientId = username): ReturnType<Stack['clients']['connect']> =>
    stack.clients.connect({ username, password: username, clientId });

  it('still jails ordinary devices, at two calls for each check', async () => {
    const device = await connect('device');
    const before = (await stack.calls()).length;
    expect(await device.publish('devices/device/state', 'own')).toBe(0);
    expect(await device.publish('devices/other/state', 'forged')).toBe(NOT_AUTHORIZED);
    expect(await device.subscribe('devices/#')).toBe(NOT_AUTHORIZED);
    const username = 'device';
    const superuser = { outcome: 'deny', why: '403', uri: '/auth/superuser', fields: { username } };
    expect((await stack.calls()).slice(before)).toMatchObject([
      superuser,
      { outcome: 'allow', uri: '/auth/acl', fields: { username, acc: 2, topic: 'devices/device/state' } },
      superuser,
      { outcome: 'deny', uri: '/auth/acl', fields: { username, acc: 2, topic: 'devices/other/state' } },
      superuser,
      { outcome: 'deny', uri: '/auth/acl', fields: { username, acc: 4, topic: 'devices/#' } },
    ]);
  });

  it('lets a superuser do everything, at one call for each check', async () => {
    const root = await connect('root');
    const before = (await stack.calls()).length;
    expect(await root.subscribe('#')).toBe(0);
    expect(await root.publish('devices/device/set', 'from above')).toBe(0);
    await root.until('from above');
    expect(new Set((await stack.calls()).slice(before).map(({ uri }) => uri))).toEqual(
      new Set(['/auth/superuser']),
    );
  });

  it('lets a superuser with a bound client id do everything by its ACL checks', async () => {
    const console = await connect('caged', 'console');
    const before = (await stack.calls()).length;
    expect(await console.publish('devices/device/set', 'from the console')).toBe(0);
    expect((await stack.calls()).slice(before)).toMatchObject([
      { outcome: 'deny', uri: '/auth/superuser' },
      { outcome: 'allow', uri: '/auth/acl', fields: { username: 'caged', clientid: 'console' } },
    ]);
  });

  it('refuses a disabled superuser', async () => {
    const login = { username: 'former', password: 'former', clientId: 'former' };
    expect(await stack.clients.tryConnect(login)).toBe(NOT_AUTHORIZED);
  });
});

import { allowAll } from '../support/e2e/document.js';
import { NOT_AUTHORIZED, type Answer, type Device, type Login } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

const ODD_PASSWORD = 'p<a>&s\\s"w\u2028ö\t%41+ #🔑';

/** As long as MQTT lets a password be, and six times that in the JSON that the plugin sends. */
const LONG_PASSWORD = '<'.repeat(65_535);

const DOCUMENT = {
  clients: [
    { username: 'free', password: 'free', roles: ['device'] },
    { username: 'bound', password: 'bound', roles: ['device'], clientid: 'meter-1' },
    { username: 'fleet', password: 'fleet', roles: ['device'], clientids: ['gate', '%{username}-*'] },
    { username: 'odd', password: ODD_PASSWORD, roles: ['device'] },
    { username: 'long', password: LONG_PASSWORD, roles: ['device'] },
    { username: 'gone', password: 'gone', roles: ['device'], disabled: true },
  ],
  roles: { device: allowAll('devices/%u/#') },
};

describe('a login', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ document: DOCUMENT });
  });
  afterEach(() => stack.clients.close());
  afterAll(() => stack.stop());

  const answer = async (login: Login): Promise<Answer> => {
    const outcome: Device | Answer = await stack.clients.tryConnect(login);
    return typeof outcome === 'object' ? 0 : outcome;
  };

  it.each<Login>([
    { username: 'free', password: 'free', clientId: 'anything' },
    { username: 'odd', password: ODD_PASSWORD, clientId: 'odd' },
    { username: 'long', password: LONG_PASSWORD, clientId: 'long' },
    { username: 'bound', password: 'bound', clientId: 'meter-1' },
    { username: 'fleet', password: 'fleet', clientId: 'gate' },
    { username: 'fleet', password: 'fleet', clientId: 'fleet-7' },
  ])('is accepted with the right password and client id: $username as $clientId', async (login) => {
    expect(await answer(login)).toBe(0);
  });

  it.each<Login>([
    { username: 'free', password: 'wrong', clientId: 'anything' },
    { username: 'free', password: 'free ', clientId: 'anything' },
    { username: 'FREE', password: 'free', clientId: 'anything' },
    { username: 'odd', password: ODD_PASSWORD.slice(0, -2), clientId: 'odd' },
    { username: 'stranger', password: 'free', clientId: 'anything' },
    { username: 'gone', password: 'gone', clientId: 'gone' },
    { username: 'bound', password: 'bound', clientId: 'meter-2' },
    { username: 'bound', password: 'bound', clientId: 'METER-1' },
    { username: 'bound', password: 'wrong', clientId: 'meter-1' },
    { username: 'fleet', password: 'fleet', clientId: 'gate2' },
    { username: 'fleet', password: 'fleet', clientId: 'other-7' },
    { username: 'fleet', password: 'fleet', clientId: 'fleet-eu-7' },
  ])('is refused with $username, $password, $clientId', async (login) => {
    expect(await answer(login)).toBe(NOT_AUTHORIZED);
    expect(await answer({ ...login, protocolVersion: 4 })).toBe(5);
    expect((await stack.calls()).slice(-2)).toMatchObject([{ why: '403' }, { why: '403' }]);
  });

  it('is refused with a long password that differs in its last character', async () => {
    const password = `${LONG_PASSWORD.slice(1)}>`;
    expect(await answer({ username: 'long', password, clientId: 'long' })).toBe(NOT_AUTHORIZED);
  });

  it.each<Login>([
    { clientId: 'nobody' },
    { username: '', password: 'free', clientId: 'nobody' },
    { username: 'free', clientId: 'free' },
    { username: 'free', password: '', clientId: 'free' },
  ])('without user name or password is refused without a call: %j', async (login) => {
    const before = (await stack.calls()).length;
    expect(await answer(login)).toBe(NOT_AUTHORIZED);
    expect(await stack.calls()).toHaveLength(before);
  });

  it('cannot take over the session of a client that is bound to its client id', async () => {
    const meter = await stack.clients.connect({ username: 'bound', password: 'bound', clientId: 'meter-1' });
    expect(await answer({ username: 'fleet', password: 'fleet', clientId: 'meter-1' })).toBe(NOT_AUTHORIZED);
    expect(await meter.publish('devices/bound/state', 'still here')).toBe(0);
  });

  it('keeps passwords out of what gatehouse writes', () => {
    const output = stack.gatehouse().output();
    expect(output).not.toContain(ODD_PASSWORD.slice(0, 6));
    expect(output).not.toContain(JSON.stringify(ODD_PASSWORD).slice(1, 9));
  });
});

import { allowAll } from '../support/e2e/document.js';
import { NOT_AUTHORIZED } from '../support/e2e/mqtt-clients.js';
import { startStack, type Stack } from '../support/e2e/stack.js';

const NAME = 'pump <1> & "2" = ö';
const TOKEN = 'a-check-token-that-is-long-enough-0123456789';
const DOCUMENT = {
  clients: [{ username: NAME, password: 'p<a>&s s+%=', roles: ['device'], clientids: ['pump-*'] }],
  roles: { device: allowAll('devices/%u/#') },
};
const LOGIN = { username: NAME, password: 'p<a>&s s+%=', clientId: 'pump-1' };

type Variables = Readonly<Record<string, string>>;
type Mode = readonly [name: string, options: Variables, env: Variables];

const text = { http_getuser_uri: '/auth/user?reply=text', http_aclcheck_uri: '/auth/acl?reply=text' };
const named = { http_getuser_uri: '/auth/user?broker=b1', http_aclcheck_uri: '/auth/acl?broker=b1' };

/** Every way in which the plugin can be configured to ask, and what gatehouse needs to be told for it. */
const MODES: readonly Mode[] = [
  ['JSON by GET', { http_method: 'GET' }, {}],
  ['JSON by PUT', { http_method: 'PUT' }, {}],
  ['JSON by POST, read as JSON', { http_response_mode: 'json' }, {}],
  ['JSON by GET, read as text', { http_method: 'GET', http_response_mode: 'text', ...text }, {}],
  ['forms', { http_params_mode: 'form' }, {}],
  ['forms, read as JSON', { http_params_mode: 'form', http_response_mode: 'json' }, {}],
  ['forms, read as text', { http_params_mode: 'form', http_response_mode: 'text', ...text }, {}],
  ['superuser checks by form', { http_params_mode: 'form', http_superuser_uri: '/auth/superuser' }, {}],
  ['the name of the broker', named, { GATEHOUSE_BROKERS: 'b1,b2' }],
  ['a token as password', { http_host: `broker:${TOKEN}@127.0.0.1` }, { GATEHOUSE_CHECK_TOKEN: TOKEN }],
];

describe.each(MODES)('a plugin that asks with %s', (_name, options, env) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ document: DOCUMENT, options, env });
  });
  afterEach(() => stack.clients.close());
  afterAll(() => stack.stop());

  it('lets the device into its own topics', async () => {
    const device = await stack.clients.connect(LOGIN);
    expect(await device.subscribe(`devices/${NAME}/<&>/#`)).toBe(0);
    expect(await device.publish(`devices/${NAME}/<&>/x=1 2`, 'own')).toBe(0);
    await device.until('own');
  });

  it('refuses everything else, by denials and not by errors', async () => {
    expect(await stack.clients.tryConnect({ ...LOGIN, password: 'wrong' })).toBe(NOT_AUTHORIZED);
    expect(await stack.clients.tryConnect({ ...LOGIN, clientId: 'other-1' })).toBe(NOT_AUTHORIZED);
    const device = await stack.clients.connect(LOGIN);
    expect(await device.publish('devices/other/x', 'forged')).toBe(NOT_AUTHORIZED);
    expect(await device.subscribe('devices/#')).toBe(NOT_AUTHORIZED);
    expect((await stack.calls()).filter(({ why }) => why !== '200' && why !== '403')).toEqual([]);
  });
});

describe('a gatehouse that wants a check token', () => {
  it.each([
    ['none', '127.0.0.1'],
    ['a wrong one', `broker:${TOKEN}0@127.0.0.1`],
  ])('refuses every login of a plugin with %s', async (_name, http_host) => {
    const env = { GATEHOUSE_CHECK_TOKEN: TOKEN };
    const stack = await startStack({ document: DOCUMENT, options: { http_host }, env });
    try {
      expect(await stack.clients.tryConnect(LOGIN)).toBe(NOT_AUTHORIZED);
      expect(await stack.calls()).toMatchObject([{ outcome: 'deny', why: '401' }]);
      expect(stack.gatehouse().output()).not.toContain(TOKEN);
    } finally {
      await stack.stop();
    }
  });
});

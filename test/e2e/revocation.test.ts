import { allow, allowAll } from '../support/e2e/document.js';
import { mqttClients, NOT_AUTHORIZED, type Device, type MqttClients } from '../support/e2e/mqtt-clients.js';
import { startSites, tellSite, type Site, type Sites } from '../support/e2e/sites.js';

const NEWS = 'common/news';
const ACL = { rolename: 'device', acltype: 'publishClientSend', topic: 'common/#' };
const GRANT = { command: 'addRoleACL', ...ACL, allow: true };
const REVOKE = { command: 'removeRoleACL', ...ACL };

/** Each device at the broker of another instance; what one instance is told, the other one has to enforce. */
describe('a right that is taken away through another instance than the one that a broker asks', () => {
  let sites: Sites;
  let told: Site;
  let other: Site;
  let clients: readonly MqttClients[];
  let near: Device;
  let far: Device;

  beforeAll(async () => {
    sites = await startSites({
      count: 2,
      document: {
        clients: ['near', 'far'].map((username) => ({ username, password: 'x', roles: ['device'] })),
        roles: { device: [...allowAll('devices/%u/#'), allow('publishClientSend', ACL.topic)] },
      },
    });
    const [first, second] = sites.all();
    if (!first || !second) throw new Error('there are not two sites');
    [told, other] = [first, second];
  });
  beforeEach(async () => {
    clients = [told, other].map(({ broker }) => mqttClients(broker.port));
    const enter = (site: number, username: string): Promise<Device> | undefined =>
      clients[site]?.connect({ username, password: 'x', clientId: username });
    const [one, two] = await Promise.all([enter(0, 'near'), enter(1, 'far')]);
    if (!one || !two) throw new Error('there are not two devices');
    [near, far] = [one, two];
  });
  afterEach(() => Promise.all(clients.map((some) => some.close())));
  afterAll(() => sites.stop());

  it('is refused at the very next publish once it is said that all instances enforce it', async () => {
    for (let round = 0; round < 5; round++) {
      expect(await tellSite(told, REVOKE)).toBe('all');
      expect(await far.publish(NEWS, 'x')).toBe(NOT_AUTHORIZED);
      expect(await near.publish(NEWS, 'x')).toBe(NOT_AUTHORIZED);
      expect(await tellSite(told, GRANT)).toBe('all');
      expect(await far.publish(NEWS, 'x')).toBe(0);
      expect(await near.publish(NEWS, 'x')).toBe(0);
    }
    expect([near, far].map((device) => device.isConnected())).toEqual([true, true]);
  });

  it('keeps out a device that is disabled there, at its next publish and its next login', async () => {
    expect(await tellSite(told, { command: 'disableClient', username: 'far' })).toBe('all');
    expect(await far.publish('devices/far/x', 'x')).toBe(NOT_AUTHORIZED);
    const again = { username: 'far', password: 'x', clientId: 'far-2' };
    expect(await clients[1]?.tryConnect(again)).toBe(NOT_AUTHORIZED);
    expect(await tellSite(told, { command: 'enableClient', username: 'far' })).toBe('all');
    expect(await far.publish('devices/far/x', 'x')).toBe(0);
  });
});

import { TestRealm } from '../../support/commands/test-realm.js';

const CREATE = { command: 'createClient', username: 'u' };
const MODIFY = { command: 'modifyClient', username: 'u' };

function clientOf(realm: TestRealm): object {
  const data = realm.data({ command: 'getClient', username: 'u' }) as { readonly client: object };
  return data.client;
}

/** A realm with one client that has all extensions. */
function extended(): TestRealm {
  const realm = new TestRealm();
  realm.run({ ...CREATE, clientids: ['%u-*'], attributes: { site: 'here' }, superuser: true });
  return realm;
}

describe('the extensions of a client', () => {
  it('are not in replies or documents unless they are set', () => {
    const realm = new TestRealm();
    realm.run({ ...CREATE, superuser: false, attributes: {} });
    expect(clientOf(realm)).toEqual({ username: 'u', roles: [], groups: [], connections: [] });
    expect(realm.document()).toMatchObject({ clients: [{ username: 'u', roles: [] }] });
  });

  it('are stored, shown and written down', () => {
    const realm = extended();
    const extensions = { clientids: ['%u-*'], attributes: { site: 'here' }, superuser: true };
    expect(clientOf(realm)).toMatchObject(extensions);
    expect(realm.document()).toMatchObject({ clients: [extensions] });
    realm.restart();
    expect(clientOf(realm)).toMatchObject(extensions);
  });

  it.each([
    ['clientids', 'x'],
    ['clientids', []],
    ['clientids', ['*x']],
    ['clientids', [5]],
    ['clientids', ['\ud800']],
    ['attributes', 'x'],
    ['attributes', []],
    ['attributes', { site: 5 }],
    ['attributes', { '1': 'x' }],
    ['attributes', { group: 'x' }],
    ['attributes', { site: '\udcff' }],
    ['superuser', 'true'],
    ['superuser', 1],
  ])('are refused, by both commands, where %s is %j', (name, value) => {
    expect(new TestRealm().error({ ...CREATE, [name]: value })).toBe(`Invalid/missing ${name}`);
    expect(extended().error({ ...MODIFY, [name]: value })).toBe(`Invalid/missing ${name}`);
  });

  it.each(['clientids', 'attributes', 'superuser'])('cannot be null for a new client: %s', (name) => {
    expect(new TestRealm().error({ ...CREATE, [name]: null })).toBe(`Invalid/missing ${name}`);
  });

  it('are taken away by null, each on its own, and stay where a command does not mention them', () => {
    const realm = extended();
    realm.run({ ...MODIFY, textname: 'N' });
    expect(clientOf(realm)).toMatchObject({
      clientids: ['%u-*'],
      attributes: { site: 'here' },
      superuser: true,
    });
    realm.run({ ...MODIFY, superuser: null });
    realm.run({ ...MODIFY, attributes: null });
    expect(clientOf(realm)).toMatchObject({ clientids: ['%u-*'] });
    realm.run({ ...MODIFY, clientids: null });
    expect(clientOf(realm)).toEqual({ username: 'u', textname: 'N', roles: [], groups: [], connections: [] });
  });

  it('are replaced as a whole', () => {
    const realm = extended();
    realm.run({ ...MODIFY, attributes: { zone: 'z' }, clientids: ['a', 'b'], superuser: false });
    expect(clientOf(realm)).toEqual({
      ...{ username: 'u', clientids: ['a', 'b'], attributes: { zone: 'z' } },
      ...{ roles: [], groups: [], connections: [] },
    });
  });

  it('and their order of checks: after the texts, before whether the client is there', () => {
    const realm = extended();
    expect(realm.error({ ...CREATE, superuser: 5, textdescription: 5 })).toBe(
      'Invalid/missing textdescription',
    );
    expect(realm.error({ ...CREATE, superuser: 5 })).toBe('Invalid/missing superuser');
    expect(realm.error({ ...MODIFY, username: 'none', superuser: 5 })).toBe('Client not found');
  });
});

describe('the binding of a client', () => {
  it('is to a client id or to patterns, not to both', () => {
    const both = { clientid: 'c', clientids: ['c-*'] };
    const error = "'clientids' cannot stand beside 'clientid'";
    expect(new TestRealm().error({ ...CREATE, ...both })).toBe(error);
    expect(extended().error({ ...MODIFY, ...both })).toBe(error);
  });

  it.each([
    { ...MODIFY, clientid: 'c' },
    { command: 'setClientId', username: 'u', clientid: 'c' },
  ])('to a client id takes the place of patterns: %j', (command) => {
    const realm = extended();
    expect(realm.error(command)).toBeUndefined();
    const client = clientOf(realm);
    expect(client).toMatchObject({ clientid: 'c' });
    expect(client).not.toHaveProperty('clientids');
  });

  it('to patterns takes the place of a client id', () => {
    const realm = new TestRealm();
    realm.run({ ...CREATE, clientid: 'c' }, { ...MODIFY, clientids: ['c-*'] });
    const client = clientOf(realm);
    expect(client).toMatchObject({ clientids: ['c-*'] });
    expect(client).not.toHaveProperty('clientid');
  });

  it.each([
    { ...MODIFY, clientid: '' },
    { command: 'setClientId', username: 'u', clientid: '' },
    { command: 'setClientId', username: 'u' },
  ])('to patterns is not lifted by a command that knows client ids alone: %j', (command) => {
    const realm = extended();
    expect(realm.error(command)).toBeUndefined();
    expect(clientOf(realm)).toMatchObject({ clientids: ['%u-*'] });
  });

  it('to a client id is not lifted by taking patterns away', () => {
    const realm = new TestRealm();
    realm.run({ ...CREATE, clientid: 'c' }, { ...MODIFY, clientids: null });
    expect(clientOf(realm)).toMatchObject({ clientid: 'c' });
  });
});

import { TestRealm } from '../../support/commands/test-realm.js';

const CREATE = { command: 'createClient', username: 'u' };
const GET = { command: 'getClient', username: 'u' };

function realmWithGroups(): TestRealm {
  const realm = new TestRealm();
  realm.run(
    { command: 'createRole', rolename: 'r' },
    { command: 'createRole', rolename: 's' },
    { command: 'createGroup', groupname: 'g' },
    { command: 'createGroup', groupname: 'h' },
  );
  return realm;
}

describe('createClient', () => {
  it('puts roles and groups into their order, the first of a repeated role', () => {
    const realm = realmWithGroups();
    const roles = [{ rolename: 's' }, { rolename: 'r' }, { rolename: 's', priority: 9 }];
    const groups = [{ groupname: 'g' }, { groupname: 'h', priority: 1.9 }];
    expect(realm.error({ ...CREATE, roles, groups })).toBeUndefined();
    expect(realm.data(GET)).toEqual({
      client: {
        username: 'u',
        roles: [{ rolename: 'r' }, { rolename: 's' }],
        groups: [{ groupname: 'h', priority: 1 }, { groupname: 'g' }],
        connections: [],
      },
    });
  });

  it.each(['g', 5, null, {}, ['g'], [{}], [{ groupname: 5 }]])(
    'passes over groups that are none: %j',
    (groups) => {
      const realm = realmWithGroups();
      expect(realm.error({ ...CREATE, groups })).toBeUndefined();
      expect(realm.data(GET)).toMatchObject({ client: { groups: [] } });
    },
  );

  it.each([
    ['Internal error', [{ groupname: 'g' }, { groupname: 'g' }]],
    ['Group not found', [{ groupname: 'g' }, { groupname: 'none' }, { groupname: 'g' }]],
    ['Group not found', [{ groupname: '' }]],
  ])('answers `%s` and leaves no half-made client for %j', (error, groups) => {
    const realm = realmWithGroups();
    const before = realm.document();
    expect(realm.error({ ...CREATE, roles: [{ rolename: 'r' }], groups })).toBe(error);
    expect(realm.document()).toEqual(before);
    expect(realm.data({ command: 'getGroup', groupname: 'g' })).toMatchObject({ group: { clients: [] } });
  });

  it.each([
    ['Username not valid UTF-8', { username: 'a\nb' }],
    ['Client ID not valid UTF-8', { clientid: 'a\u0085' }],
    ['Invalid/missing password', { password: 5, clientid: 5 }],
    ['Invalid/missing client id', { clientid: null, textname: 5 }],
    ['Invalid/missing textdescription', { textdescription: 5, username: 'u', roles: 'x' }],
  ])('answers `%s` for %j', (error, members) => {
    expect(new TestRealm().error({ ...CREATE, ...members })).toBe(error);
  });

  it('takes an empty client id for none', () => {
    const realm = new TestRealm();
    realm.run({ ...CREATE, clientid: '' });
    expect(realm.data(GET)).toEqual({ client: { username: 'u', roles: [], groups: [], connections: [] } });
  });

  it('gives a name that is a property of every object to a client like any other', () => {
    const realm = new TestRealm();
    for (const username of ['__proto__', 'constructor', 'toString']) {
      expect(realm.error({ command: 'getClient', username })).toBe('Client not found');
      expect(realm.error({ ...CREATE, username })).toBeUndefined();
      expect(realm.error({ ...CREATE, username })).toBe('Client already exists');
    }
  });
});

describe('priorities', () => {
  it.each([
    [-0.5, 0],
    [2.9, 2],
    [-2.9, -2],
    [1e300, 100_000],
    [-1e300, -2_147_483_648],
    [-100_001, -100_001],
  ])('of a role of a client are whole numbers, at most 100000: %d is %d', (given, expected) => {
    const realm = realmWithGroups();
    realm.run(CREATE, { command: 'addClientRole', username: 'u', rolename: 'r', priority: given });
    expect(realm.data(GET)).toMatchObject({ client: { roles: [{ rolename: 'r', priority: expected }] } });
  });

  it.each([
    [1e300, 100_000],
    [-1e300, -100_000],
  ])('of a member of a group are bounded on both sides: %d is %d', (given, expected) => {
    const realm = realmWithGroups();
    realm.run(CREATE);
    realm.run({ command: 'modifyGroup', groupname: 'g', clients: [{ username: 'u', priority: given }] });
    expect(realm.data(GET)).toMatchObject({ client: { groups: [{ groupname: 'g', priority: expected }] } });
  });
});

describe('modifyClient', () => {
  it('changes nothing where anything is refused', () => {
    const realm = realmWithGroups();
    realm.run({ ...CREATE, textname: 'T', groups: [{ groupname: 'g' }] });
    const before = realm.document();
    const change = { command: 'modifyClient', username: 'u', textname: 'N', password: 'p', clientid: 'c' };
    expect(realm.error({ ...change, groups: [{ groupname: 'h' }, {}] })).toBe(
      "'groups' contains an object with an invalid 'groupname'",
    );
    expect(realm.error({ ...change, roles: null, superuser: true })).toBe(
      "'roles' not an array or missing/invalid rolename",
    );
    expect(realm.document()).toEqual(before);
  });
});

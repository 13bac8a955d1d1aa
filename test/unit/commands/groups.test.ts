import { TestRealm } from '../../support/commands/test-realm.js';

function realmWithMembers(): TestRealm {
  const realm = new TestRealm();
  realm.run(
    { command: 'createRole', rolename: 'r' },
    { command: 'createGroup', groupname: 'g', textname: 'G' },
    ...['a', 'b', 'c'].map((username) => ({ command: 'createClient', username })),
    { command: 'modifyGroup', groupname: 'g', clients: [{ username: 'b' }, { username: 'a', priority: 3 }] },
  );
  return realm;
}

describe('modifyGroup', () => {
  it('gives a group its members, in byte order whatever their priorities', () => {
    const realm = realmWithMembers();
    const clients = [{ username: 'c', priority: 1 }, { username: 'a', priority: 5 }, { username: 'a' }, 'b'];
    expect(realm.error({ command: 'modifyGroup', groupname: 'g', clients })).toBeUndefined();
    expect(realm.data({ command: 'getGroup', groupname: 'g' })).toEqual({
      group: { groupname: 'g', textname: 'G', clients: [{ username: 'a' }, { username: 'c' }], roles: [] },
    });
    expect(realm.document()).toMatchObject({
      groups: [
        {
          clients: [
            { username: 'a', priority: 5 },
            { username: 'c', priority: 1 },
          ],
        },
      ],
    });
  });

  it('writes to no client whose membership stays as it is', () => {
    const realm = realmWithMembers();
    const before = realm.realm.snapshot();
    const clients = [
      { username: 'a', priority: 3 },
      { username: 'b', priority: 4 },
    ];
    realm.run({ command: 'modifyGroup', groupname: 'g', clients });
    const after = realm.realm.snapshot();
    expect(['a', 'b', 'c'].map((name) => after.client(name) === before.client(name))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([
    [
      "'clients' contains an object with a 'username' that does not exist",
      [{ username: 'c' }, { username: '' }],
    ],
    ["'clients' contains an object with an invalid 'username'", [{ username: 'c' }, { username: null }]],
  ])('answers `%s` and changes nothing', (error, clients) => {
    const realm = realmWithMembers();
    const before = realm.document();
    const roles = [{ rolename: 'r' }];
    expect(realm.error({ command: 'modifyGroup', groupname: 'g', textname: 'N', roles, clients })).toBe(
      error,
    );
    expect(realm.document()).toEqual(before);
  });
});

describe('createGroup', () => {
  it.each([null, 'r', [{}], ['r'], [{ rolename: null }]])(
    'answers `Internal error` for roles that are %j',
    (roles) => {
      expect(realmWithMembers().error({ command: 'createGroup', groupname: 'h', roles })).toBe(
        'Internal error',
      );
    },
  );
});

describe('the anonymous group', () => {
  it('is set, shown, and cannot be deleted while it is', () => {
    const realm = realmWithMembers();
    expect(realm.data({ command: 'getAnonymousGroup' })).toEqual({ group: { groupname: '' } });
    expect(realm.error({ command: 'setAnonymousGroup', groupname: 'g' })).toBeUndefined();
    expect(realm.data({ command: 'getAnonymousGroup' })).toEqual({ group: { groupname: 'g' } });
    expect(realm.error({ command: 'deleteGroup', groupname: 'g' })).toBe(
      'Deleting the anonymous group is forbidden',
    );
    expect(realm.document()).toMatchObject({ anonymousGroup: 'g' });
    realm.run({ command: 'unsetAnonymousGroup' });
    expect(realm.document()).not.toHaveProperty('anonymousGroup');
  });

  it.each([
    ['Invalid/missing groupname', {}],
    ['Invalid/missing groupname', { groupname: null }],
    ['Group name not valid UTF-8', { groupname: '\u007f' }],
    ['Group not found', { groupname: '' }],
    ['Group not found', { groupname: 'none' }],
  ])('is not set: `%s` for %j', (error, members) => {
    expect(realmWithMembers().error({ command: 'setAnonymousGroup', ...members })).toBe(error);
  });
});

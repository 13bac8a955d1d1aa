import { decide } from '../../../src/dynsec/decide.js';
import { subjectOf } from '../../../src/dynsec/subject.js';
import { TestRealm } from '../../support/commands/test-realm.js';

const ALLOW = [{ acltype: 'publishClientSend', topic: 't', allow: true }];

/** A realm in which `u` is in `g`, and both hold `r`, which allows `t`. */
function realmWithHolders(): TestRealm {
  const realm = new TestRealm();
  realm.run(
    { command: 'createRole', rolename: 'r', acls: ALLOW },
    { command: 'createGroup', groupname: 'g', roles: [{ rolename: 'r' }] },
    { command: 'createClient', username: 'u', roles: [{ rolename: 'r' }], groups: [{ groupname: 'g' }] },
  );
  return realm;
}

function mayPublish(realm: TestRealm): boolean {
  const snapshot = realm.realm.snapshot();
  const subject = subjectOf('u', (username) => snapshot.client(username));
  return decide(snapshot.policy, subject, { access: 'publishClientSend', topic: 't', clientid: null })
    .allowed;
}

const bare = { roles: [], groups: [] };

describe('a role that is deleted and created again', () => {
  it('is held by nobody who held the old one', () => {
    const realm = realmWithHolders();
    expect(mayPublish(realm)).toBe(true);
    realm.run({ command: 'deleteRole', rolename: 'r' });
    expect(mayPublish(realm)).toBe(false);
    realm.run({ command: 'createRole', rolename: 'r', acls: ALLOW });
    expect(mayPublish(realm)).toBe(false);
    expect(realm.data({ command: 'getClient', username: 'u' })).toMatchObject({ client: { roles: [] } });
    expect(realm.data({ command: 'getGroup', groupname: 'g' })).toMatchObject({ group: { roles: [] } });
    expect(realm.run({ command: 'deleteRole', rolename: 'r' }).kicked).toEqual([]);
  });

  it('can be given again to who held the old one', () => {
    const realm = realmWithHolders();
    realm.run(
      { command: 'deleteRole', rolename: 'r' },
      { command: 'createRole', rolename: 'r', acls: ALLOW },
      { command: 'addClientRole', username: 'u', rolename: 'r' },
      { command: 'addGroupRole', groupname: 'g', rolename: 'r' },
    );
    expect(mayPublish(realm)).toBe(true);
    expect(realm.data({ command: 'getClient', username: 'u' })).toMatchObject({
      client: { roles: [{ rolename: 'r' }] },
    });
    expect(realm.run({ command: 'deleteRole', rolename: 'r' }).kicked).toEqual(['u']);
  });
});

describe('a group that is deleted and created again', () => {
  it('has no member of the old one', () => {
    const realm = realmWithHolders();
    realm.run(
      { command: 'removeClientRole', username: 'u', rolename: 'r' },
      { command: 'deleteGroup', groupname: 'g' },
      { command: 'createGroup', groupname: 'g', roles: [{ rolename: 'r' }] },
    );
    expect(mayPublish(realm)).toBe(false);
    expect(realm.data({ command: 'getGroup', groupname: 'g' })).toMatchObject({ group: { clients: [] } });
    expect(realm.data({ command: 'getClient', username: 'u' })).toMatchObject({ client: bare });
    expect(realm.document()).toMatchObject({ groups: [{ groupname: 'g', clients: [] }] });
    expect(realm.run({ command: 'modifyGroup', groupname: 'g' }).kicked).toEqual([]);
  });

  it('takes in who was in the old one', () => {
    const realm = realmWithHolders();
    realm.run({ command: 'deleteGroup', groupname: 'g' }, { command: 'createGroup', groupname: 'g' });
    expect(realm.error({ command: 'addGroupClient', groupname: 'g', username: 'u' })).toBeUndefined();
    expect(realm.data({ command: 'getGroup', groupname: 'g' })).toMatchObject({
      group: { clients: [{ username: 'u' }] },
    });
  });
});

describe('a document', () => {
  it('holds neither incarnations nor void references', () => {
    const realm = realmWithHolders();
    realm.run({ command: 'deleteGroup', groupname: 'g' }, { command: 'deleteRole', rolename: 'r' });
    expect(realm.document()).toEqual({
      changeIndex: 5,
      defaultACLAccess: {
        publishClientSend: false,
        publishClientReceive: false,
        subscribe: false,
        unsubscribe: false,
      },
      clients: [{ username: 'u', roles: [] }],
      groups: [],
      roles: [],
    });
  });
});

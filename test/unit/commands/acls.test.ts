import { payloadOf } from '../../support/commands/payload.js';
import { TestRealm } from '../../support/commands/test-realm.js';

const ADD = { command: 'addRoleACL', rolename: 'r', acltype: 'publishClientSend' };

function realmWithRole(...acls: readonly unknown[]): TestRealm {
  const realm = new TestRealm();
  realm.run({ command: 'createRole', rolename: 'r', acls });
  return realm;
}

function aclsOf(realm: TestRealm): readonly string[] {
  const data = realm.data({ command: 'getRole', rolename: 'r' }) as {
    readonly role: { readonly acls: readonly Record<string, unknown>[] };
  };
  return data.role.acls.map(({ acltype, topic, priority, allow }) =>
    [acltype, topic, priority, allow].join(' '),
  );
}

describe('the acls of a role', () => {
  it('stand by type, priority and insertion, and repeated, empty and unknown ones are passed over', () => {
    const realm = realmWithRole(
      { acltype: 'unsubscribePattern', topic: 'x', allow: true },
      { acltype: 'PUBLISHclientSEND', topic: 'low' },
      { acltype: 'publishClientSend', topic: 'high', priority: 1e9, allow: true },
      { acltype: 'publishClientSend', topic: 'tie', allow: 'true', priority: '5' },
      { acltype: 'publishClientSend', topic: 'low', priority: 9, allow: true },
      { acltype: 'publishClientSend', topic: '' },
      { acltype: 'subscribe', topic: 'x' },
      { acltype: 'subscribeLiteral', topic: 5 },
      { topic: 'x' },
      'x',
      null,
      { acltype: 'subscribePattern', topic: 'a/#/b', priority: -1e9 },
    );
    expect(aclsOf(realm)).toEqual([
      'publishClientSend high 100000 true',
      'publishClientSend low 0 false',
      'publishClientSend tie 0 false',
      'subscribePattern a/#/b -100000 false',
      'unsubscribePattern x 0 true',
    ]);
  });

  it('that are no UTF-8 are stored as U+FFFD', () => {
    const realm = realmWithRole();
    const acls = '[{"acltype":"publishClientSend","topic":"t\xff"}]';
    const request = `{"commands":[{"command":"modifyRole","rolename":"r","acls":${acls}}]}`;
    realm.send(payloadOf(Buffer.from(request, 'latin1')));
    expect(aclsOf(realm)).toEqual(['publishClientSend t\ufffd 0 false']);
  });
});

describe('addRoleACL', () => {
  it.each([
    ['Invalid/missing rolename', { rolename: 5 }],
    ['Role name not valid UTF-8', { rolename: '\ufdd0' }],
    ['Role not found', { rolename: 'none', acltype: 5 }],
    ['Invalid/missing acltype', { acltype: null, topic: 5 }],
    ['Unknown acltype', { acltype: 'subscribe', topic: 5 }],
    ['Invalid/missing topic', { topic: null }],
    ['Topic not valid UTF-8', { topic: '\u0007+x' }],
    ['Invalid ACL topic', { topic: '' }],
    ['Invalid ACL topic', { topic: 'foo+' }],
    ['Invalid ACL topic', { topic: 'a/#/b', acltype: 'subscribeLiteral' }],
    ['Invalid ACL topic', { topic: '/'.repeat(201) }],
    ['Invalid ACL topic', { topic: 'x'.repeat(65_536) }],
    ['ACL with this topic already exists', { topic: 'there', priority: 5, allow: true }],
  ])('answers `%s` for %j', (error, members) => {
    const realm = realmWithRole({ acltype: 'publishClientSend', topic: 'there' });
    expect(realm.error({ ...ADD, topic: 't', ...members })).toBe(error);
    expect(aclsOf(realm)).toEqual(['publishClientSend there 0 false']);
  });

  it('puts it behind those of the same type and priority, denying unless it is told otherwise', () => {
    const realm = realmWithRole({ acltype: 'publishClientSend', topic: 'first', priority: 1 });
    realm.run(
      { ...ADD, topic: 'second', priority: 1, allow: true },
      { ...ADD, topic: 'third', priority: 1.9, allow: 1 },
      { ...ADD, topic: 'before', priority: 2 },
      { ...ADD, topic: '/'.repeat(200) },
    );
    expect(aclsOf(realm)).toEqual([
      'publishClientSend before 2 false',
      'publishClientSend first 1 false',
      'publishClientSend second 1 true',
      'publishClientSend third 1 false',
      `publishClientSend ${'/'.repeat(200)} 0 false`,
    ]);
  });

  it('takes the same topic for every type', () => {
    const realm = realmWithRole({ acltype: 'publishClientSend', topic: 't' });
    expect(realm.error({ ...ADD, acltype: 'PublishClientReceive', topic: 't' })).toBeUndefined();
  });
});

describe('createRole', () => {
  it.each([null, 'true', 1])(
    'answers `Invalid allowwildcardsubs` for %j, and modifyRole passes it over',
    (value) => {
      const realm = realmWithRole();
      const wildcards = { allowwildcardsubs: value };
      expect(realm.error({ command: 'createRole', rolename: 's', ...wildcards })).toBe(
        'Invalid allowwildcardsubs',
      );
      expect(realm.error({ command: 'modifyRole', rolename: 'r', ...wildcards })).toBeUndefined();
      expect(realm.data({ command: 'getRole', rolename: 'r' })).toMatchObject({
        role: { allowwildcardsubs: true },
      });
    },
  );
});

import { runCommands } from '../../../../src/dynsec/commands/run-commands.js';
import { MemoryRealm } from '../../../../src/store/memory/memory-realm.js';
import { TestRealm } from '../../../support/commands/test-realm.js';

const CLIENT = { command: 'createClient', username: 'u' };

describe('a realm in memory', () => {
  it('shows a snapshot as it was, whatever is changed after', () => {
    const realm = new TestRealm();
    realm.run(CLIENT);
    const snapshot = realm.realm.snapshot();
    for (let i = 0; i < 3; i++) realm.run({ command: 'modifyClient', username: 'u', textname: `N${i}` });
    realm.run({ command: 'createClient', username: 'v' });
    expect(snapshot.client('u')).not.toHaveProperty('textname');
    expect(snapshot.client('v')).toBeUndefined();
    realm.run({ command: 'deleteClient', username: 'u' });
    expect(snapshot.client('u')).toMatchObject({ username: 'u' });
    expect(realm.realm.snapshot().client('u')).toBeUndefined();
    expect(realm.realm.snapshot().client('v')).toMatchObject({ username: 'v' });
  });

  it('compiles its policy anew where roles, groups or settings change, and not for clients', () => {
    const realm = new TestRealm();
    const policies = [
      { command: 'createRole', rolename: 'r' },
      CLIENT,
      { command: 'addClientRole', username: 'u', rolename: 'r' },
      { command: 'createGroup', groupname: 'g' },
      { command: 'addGroupClient', username: 'u', groupname: 'g' },
      { command: 'setDefaultACLAccess', acls: [] },
      { command: 'getDetails' },
    ].map((command) => {
      const before = realm.realm.snapshot().policy;
      realm.run(command);
      return [command.command, realm.realm.snapshot().policy === before];
    });
    expect(policies).toEqual([
      ['createRole', false],
      ['createClient', true],
      ['addClientRole', true],
      ['createGroup', false],
      ['addGroupClient', true],
      ['setDefaultACLAccess', false],
      ['getDetails', true],
    ]);
  });

  it('does not compile the roles again that stay as they are, nor those of the realm before it', () => {
    const realm = new TestRealm();
    realm.run({ command: 'createRole', rolename: 'r' });
    const { policy } = realm.realm.snapshot();
    realm.run({ command: 'createRole', rolename: 's' });
    expect(realm.realm.snapshot().policy.roles.get('r')).toBe(policy.roles.get('r'));
    const next = new MemoryRealm({
      configuration: realm.realm.configuration(),
      policy: policy.options,
      previous: policy,
    });
    expect(next.snapshot().policy.roles.get('r')).toBe(policy.roles.get('r'));
  });

  it('has another revision after each change, and the same after none', () => {
    const realm = new TestRealm();
    const revisions = [
      CLIENT,
      CLIENT,
      { command: 'listClients' },
      { command: 'enableClient', username: 'u' },
    ].map((command) => realm.run(command).commit?.revision);
    expect(revisions).toEqual(['1', '1', '1', '2']);
    expect(realm.realm.commit(realm.realm.draft()).revision).toBe('2');
  });

  it('has another revision after a change that is counted, though it changes nothing else', () => {
    const { realm } = new TestRealm();
    const draft = realm.draft();
    draft.countChange();
    expect(realm.commit(draft).revision).toBe('1');
    expect(realm.configuration().changeIndex).toBe(1);
  });

  it('takes the revision that it is given', () => {
    const { realm } = new TestRealm();
    const draft = realm.draft();
    draft.putRole({ rolename: 'r', incarnation: 'x', allowwildcardsubs: true, acls: [] });
    expect(realm.commit(draft, 'mine').revision).toBe('mine');
    expect(realm.snapshot().revision).toBe('mine');
  });

  it('refuses a draft of an older state, and stays as it is', () => {
    const test = new TestRealm();
    const draft = test.realm.draft();
    runCommands(draft, { commands: [CLIENT] }, { mint: () => 'x', hashedPassword: () => ({ encoded: 'x' }) });
    test.run({ command: 'createClient', username: 'v' });
    expect(() => test.realm.commit(draft)).toThrow(TypeError);
    expect(test.data({ command: 'listClients' })).toEqual({ totalCount: 1, clients: ['v'] });
  });

  it('keeps what a document says beside what is known, whatever commands change', () => {
    const realm = new TestRealm({
      clients: [{ username: 'u', owner: 'me' }],
      groups: [{ groupname: 'g', site: 1 }],
      roles: [{ rolename: 'r', since: [2] }],
      comment: 'mine',
    });
    realm.run(
      { command: 'modifyClient', username: 'u', textname: 'U', groups: [{ groupname: 'g' }] },
      { command: 'setClientId', username: 'u', clientid: 'c' },
      { command: 'addGroupRole', groupname: 'g', rolename: 'r' },
      { command: 'addRoleACL', rolename: 'r', acltype: 'publishClientSend', topic: 't' },
    );
    const { extra, clients, groups, roles } = realm.realm.configuration();
    const kept = [extra, clients.get('u')?.extra, groups.get('g')?.extra, roles.get('r')?.extra];
    expect(kept.map((members) => [...(members ?? [])])).toEqual([
      [['comment', 'mine']],
      [['owner', 'me']],
      [['site', 1]],
      [['since', [2]]],
    ]);
  });

  it('says what a draft changes', () => {
    const test = new TestRealm();
    test.run(CLIENT, { command: 'createRole', rolename: 'r' });
    const draft = test.realm.draft();
    draft.deleteClient('u');
    draft.countChange();
    const { clients, groups, roles, settings, changeIndex } = draft.changes;
    expect([...clients]).toEqual([['u', undefined]]);
    expect([groups.size, roles.size, settings, changeIndex]).toEqual([0, 0, undefined, 3]);
  });
});

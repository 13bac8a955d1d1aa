import { TestRealm } from '../../support/commands/test-realm.js';

/** In `g`: `a` and `b`; `c` holds `direct`; `g` and the anonymous group hold `shared`. */
function peopled(): TestRealm {
  const realm = new TestRealm();
  realm.run(
    { command: 'createRole', rolename: 'shared' },
    { command: 'createRole', rolename: 'direct' },
    { command: 'createGroup', groupname: 'g', roles: [{ rolename: 'shared' }] },
    { command: 'createGroup', groupname: 'anon', roles: [{ rolename: 'shared' }] },
    { command: 'setAnonymousGroup', groupname: 'anon' },
    ...['b', 'a'].map((username) => ({ command: 'createClient', username, groups: [{ groupname: 'g' }] })),
    { command: 'createClient', username: 'c', roles: [{ rolename: 'direct' }] },
  );
  return realm;
}

describe('whom commands kick', () => {
  it('includes who got the role when it was created, or by modifying a group', () => {
    const acl = { acltype: 'publishClientSend', topic: 't' };
    const realm = peopled();
    expect(realm.run({ command: 'addRoleACL', rolename: 'shared', ...acl }).kicked).toEqual(['a', 'b', null]);
    expect(realm.run({ command: 'addRoleACL', rolename: 'direct', ...acl }).kicked).toEqual(['c']);
    realm.run({ command: 'modifyGroup', groupname: 'g', roles: [{ rolename: 'direct' }] });
    expect(realm.run({ command: 'deleteRole', rolename: 'direct' }).kicked).toEqual(['a', 'b', 'c']);
    expect(realm.run({ command: 'deleteRole', rolename: 'shared' }).kicked).toEqual([null]);
  });

  it.each([
    { command: 'addGroupClient', username: 'a', groupname: 'g' },
    { command: 'addGroupClient', username: 'a', groupname: 'none' },
    { command: 'removeGroupClient', username: 'a', groupname: 'none' },
    { command: 'addGroupClient', username: 'nobody', groupname: 'g' },
  ])('includes the user of a membership that fails, though nothing is written: %j', (command) => {
    const realm = peopled();
    const revision = realm.realm.snapshot().revision;
    const { responses, kicked, commit } = realm.run(command);
    expect(responses[0]).toHaveProperty('error');
    expect(kicked).toEqual([command.username]);
    expect(commit?.revision).toBe(revision);
  });

  it.each([
    { command: 'addGroupClient', username: 'a' },
    { command: 'addGroupClient', username: 'a', groupname: '\u0007' },
    { command: 'modifyClient', username: 'a', roles: 'x' },
    { command: 'setClientPassword', username: 'a', password: '' },
    { command: 'setClientId', username: 'a', clientid: 5 },
    { command: 'addClientRole', username: 'c', rolename: 'direct' },
    { command: 'removeClientRole', username: 'c', rolename: 'none' },
    { command: 'removeGroupRole', groupname: 'g', rolename: 'none' },
    { command: 'deleteGroup', groupname: 'anon' },
    { command: 'setAnonymousGroup', groupname: 'none' },
  ])('are nobody where another command fails: %j', (command) => {
    const { responses, kicked } = peopled().run(command);
    expect(responses[0]).toHaveProperty('error');
    expect(kicked).toEqual([]);
  });

  it('are the old and the new members where a group is given its members', () => {
    const realm = peopled();
    const clients = [{ username: 'c' }, { username: 'a' }];
    expect(realm.run({ command: 'modifyGroup', groupname: 'g', clients }).kicked).toEqual(['a', 'b', 'c']);
    expect(realm.data({ command: 'getGroup', groupname: 'g' })).toMatchObject({
      group: { clients: [{ username: 'a' }, { username: 'c' }] },
    });
  });

  it('are the anonymous where they lose their group, though they had none', () => {
    const realm = peopled();
    expect(realm.run({ command: 'unsetAnonymousGroup' })).toMatchObject({
      responses: [{ command: 'unsetAnonymousGroup' }],
      kicked: [null],
    });
    expect(realm.data({ command: 'getAnonymousGroup' })).toEqual({ group: { groupname: '' } });
    expect(realm.run({ command: 'unsetAnonymousGroup' }).kicked).toEqual([null]);
    expect(realm.error({ command: 'deleteGroup', groupname: 'anon' })).toBeUndefined();
  });

  it('are not those who come into a new group of an old name, for a role that the old one held', () => {
    const realm = peopled();
    realm.run(
      { command: 'deleteGroup', groupname: 'g' },
      { command: 'createGroup', groupname: 'g' },
      { command: 'addGroupClient', username: 'a', groupname: 'g' },
    );
    expect(realm.run({ command: 'deleteRole', rolename: 'shared' }).kicked).toEqual([null]);
  });

  it('are nobody for another incarnation than the one that is there', () => {
    const { realm } = peopled();
    const draft = realm.draft();
    draft.kick({ kind: 'members', groupname: 'g', incarnation: 'another' });
    draft.kick({ kind: 'holders', rolename: 'shared', incarnation: 'another' });
    draft.kick({ kind: 'members', groupname: 'none', incarnation: '' });
    expect(realm.commit(draft).kicked()).toEqual([]);
  });

  it('are told once, in byte order, the anonymous last, whatever the batch deletes', () => {
    const realm = peopled();
    const { kicked } = realm.run(
      { command: 'modifyGroup', groupname: 'anon' },
      { command: 'disableClient', username: 'c' },
      { command: 'modifyGroup', groupname: 'g' },
      { command: 'deleteGroup', groupname: 'g' },
      { command: 'deleteClient', username: 'c' },
    );
    expect(kicked).toEqual(['a', 'b', 'c', null]);
  });

  it('are those of the state before the request, and are the same whenever they are asked for', () => {
    const realm = peopled();
    const { commit } = realm.run(
      { command: 'deleteGroup', groupname: 'g' },
      { command: 'createGroup', groupname: 'g' },
      { command: 'addGroupClient', username: 'c', groupname: 'g' },
      { command: 'deleteGroup', groupname: 'g' },
    );
    realm.run({ command: 'deleteClient', username: 'a' });
    expect(commit?.kicked()).toEqual(['a', 'b', 'c']);
  });
});

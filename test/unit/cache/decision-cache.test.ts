import { DecisionCache } from '../../../src/cache/decision-cache.js';
import type { AclCheck } from '../../../src/gate/authorize.js';
import { createAuthorize } from '../../../src/gate/authorize.js';
import { UndecidedError } from '../../../src/gate/errors.js';
import type { Snapshot } from '../../../src/gate/ports.js';
import { TestRealm } from '../../support/commands/test-realm.js';

const ACL = { acltype: 'publishClientSend', topic: 'devices/%u/#', allow: true };
const CHECK: AclCheck = {
  username: 'pump',
  clientid: 'c',
  topic: 'devices/pump/up',
  access: 'publishClientSend',
};

/** A realm with a cache before it. */
function setUp(maxEntries = 100) {
  const realm = new TestRealm();
  const { responses } = realm.run(
    { command: 'createRole', rolename: 'jail', acls: [ACL] },
    { command: 'createRole', rolename: 'other' },
    { command: 'createGroup', groupname: 'g' },
    ...['pump', 'valve'].map((username) => ({
      ...{ command: 'createClient', username, roles: [{ rolename: 'jail' }, { rolename: 'other' }] },
    })),
  );
  expect(responses.every(({ error }) => error === undefined)).toBe(true);
  const store = { snapshot: (): Snapshot => realm.realm.snapshot() };
  const cache = new DecisionCache(maxEntries);
  return { realm, store, cache, authorize: cache.decorate(store, createAuthorize(store)) };
}

describe('the decision cache', () => {
  it('answers the second time from memory, with the same reasons', () => {
    const { cache, authorize } = setUp();
    const first = authorize(CHECK);
    expect(first).toMatchObject({ allowed: true, source: { role: { rolename: 'jail' } } });
    expect(authorize(CHECK)).toEqual(first);
    expect(cache.status()).toMatchObject({ entries: 1, hits: 1, misses: 1 });
  });

  it('takes null and empty names as the same, as the gate does', () => {
    const { cache, authorize } = setUp();
    authorize({ ...CHECK, username: null, clientid: '' });
    authorize({ ...CHECK, username: '', clientid: null });
    expect(cache.status()).toMatchObject({ entries: 1, hits: 1 });
  });

  it.each([
    ['is disabled', { command: 'disableClient', username: 'pump' }, 'disabled'],
    ['is deleted', { command: 'deleteClient', username: 'pump' }, 'unknown_client'],
    ['loses its role', { command: 'removeClientRole', username: 'pump', rolename: 'jail' }, 'no_match'],
    ['is bound', { command: 'setClientId', username: 'pump', clientid: 'd' }, 'clientid_mismatch'],
    [
      'has another rule',
      { command: 'addRoleACL', rolename: 'jail', ...ACL, topic: '#', allow: false, priority: 9 },
      'denied_by_acl',
    ],
    ['has a role that is gone', { command: 'deleteRole', rolename: 'jail' }, 'no_match'],
  ])('notices that the client %s', (_what, command, reason) => {
    const { realm, authorize } = setUp();
    expect(authorize(CHECK).reason).toBe('allowed_by_acl');
    expect(realm.error(command)).toBeUndefined();
    expect(authorize(CHECK).reason).toBe(reason);
  });

  it('keeps what is known of others when one client changes', () => {
    const { realm, cache, authorize } = setUp();
    authorize({ ...CHECK, username: 'valve' });
    realm.run({ command: 'modifyClient', username: 'pump', textname: 'a pump' });
    authorize({ ...CHECK, username: 'valve' });
    expect(cache.status().hits).toBe(1);
  });

  it('serves clients of which void references are left out', () => {
    const { realm, cache, authorize } = setUp();
    realm.run({ command: 'deleteRole', rolename: 'other' });
    const [first, second] = [1, 2].map(() => realm.realm.snapshot().client('pump'));
    expect(first?.roles.map(({ rolename }) => rolename)).toEqual(['jail']);
    // Each time another object: that is what makes it worth a test.
    expect(first).not.toBe(second);
    authorize(CHECK);
    authorize(CHECK);
    expect(cache.status()).toMatchObject({ hits: 1, misses: 1 });
  });

  it('tells no two checks apart wrongly whose names run together', () => {
    const { cache, authorize } = setUp();
    for (const [username, clientid] of [
      ['a', '1:b'],
      ['a1:b', ''],
      ['a1', ':b'],
      ['', 'a1:b'],
    ] as const) {
      authorize({ ...CHECK, username, clientid });
    }
    expect(cache.status()).toMatchObject({ entries: 4, hits: 0 });
  });

  it('keeps no error, and gives none up for an answer it has', () => {
    const { store, cache, authorize } = setUp();
    authorize(CHECK);
    let isReady = false;
    const guarded = {
      snapshot: (): Snapshot => {
        if (!isReady) throw new UndecidedError('not_ready');
        return store.snapshot();
      },
    };
    const again = cache.decorate(guarded, createAuthorize(guarded));
    expect(() => again(CHECK)).toThrow('undecided: not_ready');
    isReady = true;
    expect(again(CHECK).allowed).toBe(true);
    expect(cache.status()).toMatchObject({ entries: 1, hits: 1 });
  });

  it('stays within its entries and its bytes', () => {
    const { cache, authorize } = setUp(10);
    for (let i = 0; i < 50; i++) authorize({ ...CHECK, topic: `t/${String(i)}` });
    expect(cache.status()).toMatchObject({ entries: 10, maxEntries: 10 });
    for (let i = 0; i < 50; i++) authorize({ ...CHECK, topic: `${'x'.repeat(900)}${String(i)}` });
    expect(cache.status().entries).toBeLessThan(10);
    expect(cache.status().bytes).toBeLessThanOrEqual(10 * 1_024);
    authorize({ ...CHECK, topic: 'x'.repeat(60_000) });
    expect(cache.status().bytes).toBeLessThanOrEqual(10 * 1_024);
  });

  it('forgets one user name, or everything', () => {
    const { cache, authorize } = setUp();
    for (const username of ['pump', 'pump', 'valve', 'pum', 'pump2', '']) authorize({ ...CHECK, username });
    authorize({ ...CHECK, topic: 'another' });
    expect(cache.clear('pump')).toBe(2);
    expect(cache.clear('pump')).toBe(0);
    expect(cache.clear('')).toBe(1);
    expect(cache.clear()).toBe(3);
    expect(cache.status()).toMatchObject({ entries: 0, bytes: 0 });
  });
});

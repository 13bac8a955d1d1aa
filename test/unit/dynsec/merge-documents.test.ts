import { compareConfigurations } from '../../../src/dynsec/document/compare-configurations.js';
import { mergeDocuments } from '../../../src/dynsec/document/merge-documents.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { Configuration } from '../../../src/dynsec/entities.js';

const EXISTING = {
  defaultACLAccess: {
    publishClientSend: true,
    publishClientReceive: true,
    subscribe: true,
    unsubscribe: true,
  },
  clients: [
    { username: 'a', textname: 'old', encoded_password: 'hash-a', roles: [{ rolename: 'r' }] },
    { username: 'b', encoded_password: 'hash-b' },
  ],
  groups: [{ groupname: 'g', clients: [{ username: 'a', priority: 1 }, { username: 'b' }] }],
  roles: [{ rolename: 'r', acls: [{ acltype: 'publishClientSend', topic: 'x', allow: true }] }],
  note: 'kept',
};

function configurationOf(document: unknown): Configuration {
  const { configuration, findings } = parseConfiguration(document);
  if (!configuration) throw new Error(JSON.stringify(findings));
  return configuration;
}

describe('merging documents', () => {
  it('adds and replaces what comes, and leaves the rest', () => {
    const { document } = mergeDocuments(EXISTING, {
      CLIENTS: [
        { UserName: 'a', textname: 'new' },
        { username: 'c', encoded_password: 'hash-c' },
      ],
      groups: [{ groupname: 'g', clients: [{ username: 'a', priority: 9 }, { username: 'c' }] }],
    });
    const merged = configurationOf(document);
    expect([...merged.clients.keys()]).toEqual(['a', 'b', 'c']);
    expect(merged.clients.get('a')).toMatchObject({
      textname: 'new',
      roles: [],
      password: { encoded: 'hash-a' },
      groups: [{ groupname: 'g', priority: 9 }],
    });
    expect(merged.clients.get('b')?.groups).toMatchObject([{ groupname: 'g' }]);
    expect(merged.clients.get('c')?.groups).toMatchObject([{ groupname: 'g' }]);
    expect(merged.defaultACLAccess.publishClientSend).toBe(true);
    expect(document).toMatchObject({ note: 'kept' });
  });

  it('takes a password that comes, and settings that come', () => {
    const { document } = mergeDocuments(EXISTING, {
      clients: [{ username: 'a', password: 'cA==', salt: 'cw==', iterations: 7 }],
      defaultACLAccess: { subscribe: false },
      anonymousGroup: 'g',
    });
    const merged = configurationOf(document);
    expect(merged.clients.get('a')?.password).toEqual({ password: 'cA==', salt: 'cw==', iterations: 7 });
    expect(merged.defaultACLAccess).toMatchObject({ publishClientSend: true, subscribe: false });
    expect(merged.anonymousGroup).toBe('g');
  });

  it('tells places of the document that came in', () => {
    const { document, locate } = mergeDocuments(EXISTING, {
      clients: [{ username: 'z', roles: [{ rolename: 'nothing' }] }],
      roles: {},
    });
    const { findings } = parseConfiguration(document);
    expect(findings.map(locate).map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/roles', '/clients/0/roles/0/rolename']),
    );
  });
});

describe('comparing configurations', () => {
  it('names what is created, changed and deleted, and whose checks may change', () => {
    const before = configurationOf(EXISTING);
    const after = configurationOf({
      ...EXISTING,
      clients: [...EXISTING.clients.slice(0, 1), { username: 'c' }],
      roles: [{ rolename: 'r', acls: [] }, { rolename: 'new' }],
      groups: [{ groupname: 'g', clients: [{ username: 'a', priority: 1 }] }],
    });
    expect(compareConfigurations(before, after)).toEqual({
      clients: { created: ['c'], changed: [], deleted: ['b'] },
      groups: { created: [], changed: [], deleted: [] },
      roles: { created: ['new'], changed: ['r'], deleted: [] },
      settings: false,
      touched: ['a', 'b', 'c'],
    });
  });

  it('finds nothing between equal ones, whatever their number of changes', () => {
    const changes = compareConfigurations(
      configurationOf(EXISTING),
      configurationOf({ ...EXISTING, changeIndex: 9 }),
    );
    expect(changes.touched).toEqual([]);
    expect(changes.settings).toBe(false);
  });

  it('takes a membership as the change of the client', () => {
    const after = configurationOf({
      ...EXISTING,
      groups: [{ groupname: 'g', clients: [{ username: 'b' }] }],
    });
    const changes = compareConfigurations(configurationOf(EXISTING), after);
    expect(changes.clients.changed).toEqual(['a']);
    expect(changes.groups.changed).toEqual([]);
  });
});

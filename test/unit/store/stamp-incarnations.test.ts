import type { Configuration } from '../../../src/dynsec/entities.js';
import { LOADED } from '../../../src/dynsec/entities.js';
import { stampIncarnations } from '../../../src/store/stamp-incarnations.js';
import { parsed } from '../../contract/realm-store-contract.js';

const DOCUMENT = {
  clients: [
    { username: 'u', roles: [{ rolename: 'old', priority: 3 }, { rolename: 'new' }] },
    { username: 'v', roles: [] },
  ],
  groups: [
    { groupname: 'g', roles: [{ rolename: 'old' }], clients: [{ username: 'u' }, { username: 'v' }] },
    { groupname: 'h', roles: [], clients: [] },
  ],
  roles: [{ rolename: 'old' }, { rolename: 'new' }],
};

const BEFORE = {
  groupIncarnation: (name: string) => ({ g: 'g-1' })[name],
  roleIncarnation: (name: string) => ({ old: 'old-1', gone: 'gone-1' })[name],
};

const NOTHING = { groupIncarnation: () => undefined, roleIncarnation: () => undefined };

function incarnations({ clients, groups, roles }: Configuration): unknown {
  return {
    roles: [...roles.values()].map(({ rolename, incarnation }) => [rolename, incarnation]),
    groups: [...groups.values()].map(({ groupname, incarnation, roles: held }) => [
      groupname,
      incarnation,
      ...held.map((role) => role.incarnation),
    ]),
    clients: [...clients.values()].map((client) => [
      client.username,
      ...client.roles.map(({ rolename, incarnation, priority }) => [rolename, incarnation, priority]),
      ...client.groups.map(({ groupname, incarnation }) => [groupname, incarnation]),
    ]),
  };
}

describe('the incarnations of a successor', () => {
  it('stay with names that stay, are new with new ones, and references follow', () => {
    let minted = 0;
    const stamped = stampIncarnations(parsed(DOCUMENT), BEFORE, () => `minted-${++minted}`);
    expect(incarnations(stamped)).toEqual({
      roles: [
        ['new', 'minted-1'],
        ['old', 'old-1'],
      ],
      groups: [
        ['g', 'g-1', 'old-1'],
        ['h', 'minted-2'],
      ],
      clients: [
        ['u', ['old', 'old-1', 3], ['new', 'minted-1', -1], ['g', 'g-1']],
        ['v', ['g', 'g-1']],
      ],
    });
  });

  it('are in one list where there was one', () => {
    const stamped = stampIncarnations(parsed(DOCUMENT), BEFORE, () => LOADED);
    expect(stamped.clients.get('u')?.groups).toBe(stamped.clients.get('v')?.groups);
  });

  it('leave everything as it is where nothing had another one', () => {
    const configuration = parsed(DOCUMENT);
    const stamped = stampIncarnations(configuration, NOTHING, () => LOADED);
    expect(stamped).toEqual(configuration);
    expect(stamped.clients.get('u')).toBe(configuration.clients.get('u'));
    expect(stamped.groups.get('g')).toBe(configuration.groups.get('g'));
    expect(stamped.roles.get('new')).toBe(configuration.roles.get('new'));
  });

  it('bring no void reference to life', () => {
    const configuration = parsed(DOCUMENT);
    const roles = new Map([
      ...configuration.roles,
      ['old', { ...role(configuration), incarnation: 'other' }],
    ]);
    const stamped = stampIncarnations({ ...configuration, roles }, BEFORE, () => LOADED);
    expect(stamped.roles.get('old')?.incarnation).toBe('old-1');
    expect(stamped.clients.get('u')?.roles.map(({ rolename }) => rolename)).toEqual(['new']);
    expect(stamped.groups.get('g')?.roles).toEqual([]);
  });
});

function role({ roles }: Configuration) {
  const found = roles.get('old');
  if (!found) throw new Error('there is no such role');
  return found;
}

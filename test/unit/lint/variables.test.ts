import { found } from './policy.js';

describe('%c in roles of clients that may use any client id', () => {
  const ID = 'unbound-clientid';
  const roles = { jail: ['allow publishClientSend dev/%c/x', 'deny subscribePattern dev-%{clientid}/#'] };

  it('is found, with the clients that hold the role themselves or through a group', () => {
    const policy = {
      roles,
      clients: { bound: ['jail'], free: ['jail'], member: [], pattern: ['jail'] },
      clientMembers: { bound: { clientid: 'b' }, pattern: { clientids: ['%u-*'] } },
      groups: { g: { roles: ['jail'], clients: ['member', 'bound'] } },
    };
    expect(found(ID, policy)).toEqual([
      {
        id: ID,
        severity: 'error',
        entity: { kind: 'role', rolename: 'jail' },
        message:
          '`%c` in `dev/%c/x`, `dev-%{clientid}/#` is no jail for 2 clients (`free`, `member`), who may connect with ' +
          'any client id: bind them (`clientid`, `clientids`), or go by the user name (`%u`)',
      },
    ]);
  });

  it('is found in the roles of the anonymous group', () => {
    const policy = { roles, groups: { g: { roles: ['jail'] } }, document: { anonymousGroup: 'g' } };
    expect(found(ID, policy)[0]?.message).toContain('for the clients without a user name,');
  });

  it.each([
    ['all of them are bound', { roles, clients: { u: ['jail'] }, clientMembers: { u: { clientid: 'c' } } }],
    ['nobody holds the role', { roles, clients: { u: [] } }],
    [
      'who holds it is disabled',
      { roles, clients: { u: ['jail'] }, clientMembers: { u: { disabled: true } } },
    ],
    ['a superuser holds it', { roles, clients: { u: ['jail'] }, clientMembers: { u: { superuser: true } } }],
    ['it is text', { roles: { r: ['allow publishClientSend x-%c/%count'] }, clients: { u: ['r'] } }],
    ['the role has %u alone', { roles: { r: ['allow publishClientSend %u/x'] }, clients: { u: ['r'] } }],
  ])('is not made up where %s', (_case, policy) => {
    expect(found(ID, policy)).toEqual([]);
  });
});

describe('attributes that clients do not have', () => {
  const ID = 'missing-attribute';
  const roles = { r: ['allow publishClientSend %{site}/x'] };
  const withSite = { attributes: { site: 's' } };

  it('are an error where nobody has them, and a warning where some have', () => {
    expect(found(ID, { roles, clients: { u: ['r'], v: ['r'] } })).toMatchObject([
      {
        severity: 'error',
        entity: { kind: 'role', rolename: 'r' },
        message: expect.stringContaining('`%{site}` in `%{site}/x` has no value for 2 clients (`u`, `v`)'),
      },
    ]);
    expect(
      found(ID, { roles, clients: { u: ['r'], v: ['r'] }, clientMembers: { v: withSite } }),
    ).toMatchObject([{ severity: 'warning', message: expect.stringContaining('1 client (`u`)') }]);
  });

  it('are told by their exact case', () => {
    const clientMembers = { u: { attributes: { Site: 's' } } };
    expect(found(ID, { roles, clients: { u: ['r'] }, clientMembers })).toHaveLength(1);
  });

  it('an empty one is as good as none', () => {
    const clientMembers = { u: { attributes: { site: '' } } };
    expect(found(ID, { roles, clients: { u: ['r'] }, clientMembers })).toHaveLength(1);
  });

  it('are not made up where all have them, or nobody holds the role', () => {
    expect(found(ID, { roles, clients: { u: ['r'], v: [] }, clientMembers: { u: withSite } })).toEqual([]);
  });
});

describe('%{group} in roles that clients hold themselves', () => {
  const ID = 'missing-group';
  const roles = { r: ['allow publishClientSend %{group}/x'] };

  it('is an error, and a warning where others have the role through a group', () => {
    expect(found(ID, { roles, clients: { u: ['r'] } })).toMatchObject([
      { severity: 'error', entity: { kind: 'role', rolename: 'r' } },
    ]);
    const groups = { g: { roles: ['r'], clients: ['v'] } };
    expect(found(ID, { roles, clients: { u: ['r'], v: [] }, groups })).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('1 client (`u`)') },
    ]);
  });

  it('is not made up where the role is held through groups alone', () => {
    const groups = { g: { roles: ['r'], clients: ['u'] } };
    expect(found(ID, { roles, clients: { u: [] }, groups })).toEqual([]);
  });
});

describe('names and attributes in roles of the anonymous group', () => {
  const ID = 'anonymous-variable';
  const anonymous = (topic: string, clients: Readonly<Record<string, readonly string[]>> = {}) => ({
    roles: { r: [`allow publishClientSend ${topic}`] },
    clients,
    groups: { g: { roles: ['r'] } },
    document: { anonymousGroup: 'g' },
  });

  it.each(['%u/x', 'a/%{username}', '%{site}/x'])('are found: %s', (topic) => {
    expect(found(ID, anonymous(topic))).toMatchObject([
      { severity: 'error', entity: { kind: 'role', rolename: 'r' } },
    ]);
  });

  it('are a warning where others hold the role', () => {
    expect(found(ID, anonymous('%u/x', { u: ['r'] }))).toMatchObject([{ severity: 'warning' }]);
  });

  it.each(['%c/x', '%{group}/x', 'a/x', 'x-%u/y'])('are not made up: %s', (topic) => {
    expect(found(ID, anonymous(topic))).toEqual([]);
  });

  it('are not made up in groups that are not the anonymous one', () => {
    expect(found(ID, { ...anonymous('%u/x'), document: {} })).toEqual([]);
  });
});

describe('values that cannot stand in a topic', () => {
  const ID = 'unsafe-value';

  it.each([
    ['the user name of 1 client (`a/b`)', '%u/x', { 'a/b': {} }],
    ['the client id of 1 client (`u`)', '%c/x', { u: { clientid: 'a+' } }],
    ['the attribute `s` of 1 client (`u`)', '%{s}/x', { u: { attributes: { s: '#' } } }],
  ])('are found: %s', (message, topic, clientMembers) => {
    const clients = Object.fromEntries(Object.keys(clientMembers).map((username) => [username, ['r']]));
    const policy = { roles: { r: [`allow publishClientSend ${topic}`] }, clients, clientMembers };
    expect(found(ID, policy)).toMatchObject([
      {
        severity: 'warning',
        entity: { kind: 'role', rolename: 'r' },
        message: expect.stringContaining(message),
      },
    ]);
  });

  it('are found in names of groups', () => {
    const roles = { r: ['allow publishClientSend %{group}/x'] };
    const policy = { roles, clients: { u: [] }, groups: { 'g/1': { roles: ['r'], clients: ['u'] } } };
    expect(found(ID, policy)[0]?.message).toContain('the group name of 1 client (`u`)');
  });

  it.each([
    ['in roles without the variable', 'a/x', { 'a/b': ['r'] }],
    ['of who does not hold the role', '%u/x', { 'a/b': [], c: ['r'] }],
    ['with other characters', '%u/x', { 'a-b$%é': ['r'] }],
  ])('are not made up: %s', (_case, topic, clients) => {
    expect(found(ID, { roles: { r: [`allow publishClientSend ${topic}`] }, clients })).toEqual([]);
  });
});

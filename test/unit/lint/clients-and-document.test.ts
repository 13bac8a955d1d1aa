import { found, lintPolicy } from './policy.js';
import { LINT_RULES } from '../../../src/dynsec/lint/lint.js';
import { createDefaultConfiguration } from '../../../src/dynsec/document/default-configuration.js';
import { lint } from '../../../src/dynsec/lint/lint.js';

describe('subscribe denies that $share goes around', () => {
  const ID = 'shared-subscription-bypass';
  const open = { defaultACLAccess: { subscribe: true } };
  const denies = { roles: { r: ['deny subscribePattern secret/#'] }, clients: { u: ['r'] }, document: open };

  it('are found, with a client that does it', () => {
    expect(found(ID, denies)).toMatchObject([
      {
        severity: 'error',
        entity: { kind: 'acl', rolename: 'r', acltype: 'subscribePattern', topic: 'secret/#' },
        message: expect.stringContaining(
          '`u` may not subscribe to `secret/any`, but to `$share/any/secret/any`',
        ),
      },
    ]);
  });

  it.each([
    ['literal ones', ['deny subscribeLiteral secret'], {}, {}],
    ['with a bound client id', ['deny subscribePattern %c/x'], { clientid: 'c1' }, {}],
    ['with a pattern of client ids', ['deny subscribePattern %c/x'], { clientids: ['%u-*'] }, {}],
    [
      'where a rule allows $share',
      ['deny subscribePattern a', 'allow subscribePattern $share/#'],
      {},
      { subscribe: false },
    ],
    ['in roles that refuse wildcards', ['deny subscribePattern a/+'], {}, {}],
  ])('are found: %s', (_case, acls, client, access) => {
    const policy = {
      roles: { r: acls },
      roleMembers: { r: { allowwildcardsubs: false } },
      clients: { u: ['r'] },
      clientMembers: { u: client },
      document: { defaultACLAccess: { subscribe: true, ...access } },
    };
    expect(found(ID, policy)).toHaveLength(1);
  });

  it('are found through groups', () => {
    const groups = { g: { roles: ['r'], clients: ['u'] } };
    expect(found(ID, { ...denies, clients: { u: [] }, groups })).toHaveLength(1);
  });

  it.each([
    ['the default denies as well', { ...denies, document: { defaultACLAccess: { subscribe: false } } }],
    [
      '$share is denied too',
      { ...denies, roles: { r: ['deny subscribePattern secret/#', 'deny subscribePattern $share/#'] } },
    ],
    [
      'another rule comes first',
      { ...denies, roles: { r: ['deny subscribePattern secret/#', 'allow subscribePattern # 1'] } },
    ],
    ['nobody holds the role', { ...denies, clients: { u: [] } }],
    ['it is a deny of publishing', { ...denies, roles: { r: ['deny publishClientSend secret/#'] } }],
    ['it is about $share itself', { ...denies, roles: { r: ['deny subscribePattern $share/g/x'] } }],
    ['a value is missing', { ...denies, roles: { r: ['deny subscribePattern %{site}/x'] } }],
  ])('are not made up where %s', (_case, policy) => {
    expect(found(ID, policy)).toEqual([]);
  });

  it('do not exist where shared subscriptions are decided by their filter', () => {
    expect(found(ID, denies, { sharedSubscriptions: 'filter' })).toEqual([]);
  });
});

describe('clients without any topic to publish to', () => {
  const ID = 'cannot-publish';
  const closed = { defaultACLAccess: { publishClientSend: false } };
  const roles = {
    send: ['allow publishClientSend a'],
    see: ['allow publishClientReceive a', 'deny publishClientSend b'],
  };

  it('are found, all in one finding', () => {
    const clients = { a: ['see'], b: ['send'], c: [], d: ['see'], e: [] };
    expect(found(ID, { roles, clients, document: closed })).toEqual([
      {
        id: ID,
        severity: 'warning',
        entity: { kind: 'clients', usernames: ['a', 'd', 'c', 'e'] },
        message: expect.stringContaining('4 clients (`a`, `d`, `c` and 1 more) may publish nothing'),
      },
    ]);
  });

  it('a rule with a misplaced wildcard allows nothing', () => {
    const broken = { r: ['allow publishClientSend a+'] };
    expect(found(ID, { roles: broken, clients: { u: ['r'] }, document: closed })).toHaveLength(1);
  });

  it.each([
    ['the default allows it', { roles, clients: { u: [] } }],
    [
      'a group allows it',
      { roles, clients: { u: [] }, groups: { g: { roles: ['send'], clients: ['u'] } }, document: closed },
    ],
    [
      'they are disabled',
      { roles, clients: { u: [] }, clientMembers: { u: { disabled: true } }, document: closed },
    ],
    [
      'they are superusers',
      { roles, clients: { u: [] }, clientMembers: { u: { superuser: true } }, document: closed },
    ],
  ])('are not made up where %s', (_case, policy) => {
    expect(found(ID, policy)).toEqual([]);
  });
});

describe('clients without a password', () => {
  const without = { u: { encoded_password: undefined } };

  it('are found', () => {
    const policy = { clients: { u: [], v: [] }, clientMembers: without };
    expect(found('no-password', policy)).toMatchObject([
      { severity: 'warning', entity: { kind: 'clients', usernames: ['u'] } },
    ]);
  });

  it('are not made up for clients that are disabled, or have one in the form of Mosquitto 2.0', () => {
    const triple = { encoded_password: undefined, password: 'a', salt: 'b', iterations: 101 };
    const clientMembers = { u: { ...without.u, disabled: true }, v: triple };
    expect(found('no-password', { clients: { u: [], v: [] }, clientMembers })).toEqual([]);
  });
});

describe('disabled superusers', () => {
  it('are found', () => {
    const clientMembers = { u: { superuser: true, disabled: true } };
    expect(found('disabled-superuser', { clients: { u: [] }, clientMembers })).toMatchObject([
      { severity: 'warning', entity: { kind: 'clients', usernames: ['u'] } },
    ]);
  });

  it('are not made up of superusers and of disabled clients', () => {
    const clientMembers = { u: { superuser: true }, v: { disabled: true } };
    expect(found('disabled-superuser', { clients: { u: [], v: [] }, clientMembers })).toEqual([]);
  });
});

describe('what was found when the document was read', () => {
  it.each([
    ['a role of a client', { clients: { u: ['gone'] } }, '/clients/0/roles/0/rolename'],
    ['a role of a group', { groups: { g: { roles: ['gone'] } } }, '/groups/0/roles/0/rolename'],
    ['a client of a group', { groups: { g: { clients: ['gone'] } } }, '/groups/0/clients/0/username'],
    ['the anonymous group', { document: { anonymousGroup: 'gone' } }, '/anonymousGroup'],
  ])('is a dangling reference: %s', (_case, policy, pointer) => {
    expect(found('dangling-reference', policy)).toMatchObject([
      {
        severity: 'error',
        entity: { kind: 'document', pointer },
        message: expect.stringContaining('"gone"'),
      },
    ]);
    expect(found('document-entry', policy)).toEqual([]);
  });

  it.each([
    ['a repeated role', { roles: { r: [] }, clients: { u: ['r', 'r'] } }, '/clients/0/roles/1/rolename'],
    [
      'a repeated client',
      { document: { clients: [{ username: 'u', encoded_password: 'x' }, { username: 'u' }] } },
      '/clients/1/username',
    ],
    [
      'a repeated ACL',
      { roles: { r: ['allow publishClientSend a', 'deny publishClientSend a'] } },
      '/roles/0/acls/1',
    ],
    ['an unknown type', { roles: { r: ['allow publish a'] } }, '/roles/0/acls/0/acltype'],
  ])('is an entry that is passed over: %s', (_case, policy, pointer) => {
    expect(found('document-entry', policy)).toMatchObject([
      { severity: 'warning', entity: { kind: 'document', pointer } },
    ]);
    expect(found('dangling-reference', policy)).toEqual([]);
  });
});

describe('the linter', () => {
  it('finds nothing in what a new realm begins with', () => {
    const configuration = createDefaultConfiguration({ admin: 'x', democlient: 'y' });
    const options = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;
    expect(lint({ configuration, findings: [], options })).toEqual([]);
  });

  it('finds nothing in an empty document', () => {
    expect(lintPolicy({})).toEqual([]);
  });

  it('leaves out what is not wanted', () => {
    const configuration = createDefaultConfiguration({ admin: 'x', democlient: 'y' });
    const clients = new Map(
      [...configuration.clients].map(([name, { password: _, ...client }]) => [name, client]),
    );
    const input = {
      configuration: { ...configuration, clients },
      findings: [],
      options: { sharedSubscriptions: 'dynsec', allowAnonymous: false },
    } as const;
    expect(lint(input).map(({ id }) => id)).toEqual(['no-password']);
    expect(lint(input, new Set(['no-password']))).toEqual([]);
  });

  it('knows each kind by an id of its own, in kebab case', () => {
    const ids = LINT_RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  });
});

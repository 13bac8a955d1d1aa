import { found } from './policy.js';

const inRole = (id: string, ...acls: readonly string[]) => found(id, { roles: { r: acls } });

describe('misplaced wildcards', () => {
  const ID = 'misplaced-wildcard';

  it.each(['a+', 'a/b#', 'a/#/b', '##', '+a/b', '%u+/x'])('are found: %s', (topic) => {
    expect(inRole(ID, `allow publishClientSend ${topic}`)).toMatchObject([
      { severity: 'error', entity: { kind: 'acl', rolename: 'r', acltype: 'publishClientSend', topic } },
    ]);
  });

  it.each(['allow publishClientSend +/a/#', 'allow subscribePattern #', 'deny subscribeLiteral a+/#/b'])(
    'are not made up: %s',
    (acl) => expect(inRole(ID, acl)).toEqual([]),
  );

  it('are not reported a second time as an entry of the document', () => {
    expect(inRole('document-entry', 'allow publishClientSend a+')).toEqual([]);
  });
});

describe('more than one variable in a level', () => {
  const ID = 'several-variables';

  it('is found, with what becomes of the rule', () => {
    expect(inRole(ID, 'allow publishClientSend a/%{x}-%{y}')).toMatchObject([
      { severity: 'error', message: expect.stringContaining('the allow never applies') },
    ]);
    expect(inRole(ID, 'deny subscribeLiteral %{x}%{x}')).toMatchObject([
      { entity: { topic: '%{x}%{x}' }, message: expect.stringContaining('the deny applies to every value') },
    ]);
  });

  it('is not made up for variables in levels of their own', () => {
    expect(inRole(ID, 'allow publishClientSend x-%{x}/%{y}/%u/%c')).toEqual([]);
  });
});

describe('what looks like a variable and is text', () => {
  const ID = 'literal-variable';

  it.each([
    ['x-%c', '`x-%{clientid}`'],
    ['%u-x', '`%{username}-x`'],
    ['%u_z', '`%{username}_z`'],
    ['%%u', '`%%{username}`'],
    ['%u%c', 'so give each a level of its own'],
    ['%{site}-%u', 'so give each a level of its own'],
    ['%U', '`%u`'],
    ['%C', '`%c`'],
    ['%{my-name}', 'letters, digits and `_`'],
    ['x-%{}', 'letters, digits and `_`'],
    ['%{site', 'letters, digits and `_`'],
  ])('is found: %s', (level, remedy) => {
    expect(inRole(ID, `allow subscribeLiteral a/${level}/b`)).toMatchObject([
      {
        severity: 'warning',
        entity: { kind: 'acl' },
        message: expect.stringContaining(`\`${level}\` is text`),
      },
    ]);
    expect(inRole(ID, `allow publishClientSend a/${level}`)[0]?.message).toContain(remedy);
  });

  it.each(['%u', '%c', '%count', '%user', '100%', '%', '%{username}', 'x-%{site}-y', '%d', 'é%/u'])(
    'is not made up: %s',
    (level) => expect(inRole(ID, `allow publishClientSend a/${level}`)).toEqual([]),
  );
});

describe('topics that no broker lets through', () => {
  const ID = 'unreachable-topic';

  it.each([
    'allow publishClientSend $SYS/x',
    'deny publishClientSend $SYSx',
    'allow publishClientSend $SYS/broker/+',
    'allow publishClientSend $share/g/x',
    'allow publishClientReceive $share/g/#',
    'allow publishClientSend a\u0001b',
    `allow publishClientReceive ${'a/'.repeat(201)}`,
    'allow subscribeLiteral a+',
    'allow unsubscribeLiteral $share/g',
  ])('are found: %s', (acl) => {
    expect(inRole(ID, acl)).toMatchObject([{ severity: 'warning', entity: { kind: 'acl' } }]);
  });

  it.each([
    'allow publishClientSend $SYS/broker/connection/%c/state',
    'allow publishClientSend $SYS/#',
    'allow publishClientSend $SYS/+/connection/x/state',
    'allow publishClientSend $SYS/%u/connection/x/state',
    'allow publishClientReceive $SYS/x',
    'allow subscribePattern $share/g/x',
    'allow publishClientSend $CONTROL/x',
    'allow subscribeLiteral $share/g/#',
    'allow subscribeLiteral a/+/#',
    `allow publishClientReceive ${'a/'.repeat(200)}`,
  ])('are not made up: %s', (acl) => {
    expect(inRole(ID, acl)).toEqual([]);
  });
});

describe('literal rules with wildcards in roles that refuse them', () => {
  const ID = 'refused-literal';
  const roleMembers = { r: { allowwildcardsubs: false } };
  const refused = (acl: string) => found(ID, { roles: { r: [acl] }, roleMembers });

  it('are an error where they allow, and a warning where they deny', () => {
    expect(refused('allow subscribeLiteral a/#')).toMatchObject([{ severity: 'error' }]);
    expect(refused('deny subscribeLiteral +')).toMatchObject([{ severity: 'warning' }]);
  });

  it('are not made up', () => {
    expect(refused('allow subscribeLiteral a/b')).toEqual([]);
    expect(refused('allow subscribePattern a/#')).toEqual([]);
    expect(refused('allow unsubscribeLiteral a/#')).toEqual([]);
    expect(inRole(ID, 'allow subscribeLiteral a/#')).toEqual([]);
  });
});

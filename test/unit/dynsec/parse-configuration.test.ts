import { describeFinding } from '../../../src/dynsec/document/finding.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';

function findingsOf(document: unknown): readonly string[] {
  return parseConfiguration(document).findings.map(
    (finding) => `${finding.severity} ${describeFinding(finding)}`,
  );
}

function withClient(client: object): object {
  return { clients: [{ username: 'u', ...client }], groups: [], roles: [] };
}

function withAcls(...acls: unknown[]): object {
  return { clients: [], groups: [], roles: [{ rolename: 'r', acls }] };
}

describe('parsing a document', () => {
  it('takes what Mosquitto 2.0 and 2.1 write, without a finding', () => {
    const { configuration, findings } = parseConfiguration({
      changeIndex: 7,
      defaultACLAccess: {
        publishClientSend: true,
        publishClientReceive: false,
        subscribe: true,
        unsubscribe: false,
      },
      clients: [
        { username: 'new', encoded_password: '$7$1$a$b', roles: [{ rolename: 'r', priority: 5 }] },
        { username: 'old', password: 'cA==', salt: 'cw==', iterations: 101, disabled: true, clientid: 'c' },
      ],
      groups: [{ groupname: 'g', roles: [{ rolename: 'r' }], clients: [{ username: 'old', priority: 3 }] }],
      anonymousGroup: 'g',
      roles: [
        {
          rolename: 'r',
          allowwildcardsubs: false,
          acls: [{ acltype: 'subscribeLiteral', topic: 'a', allow: true }],
        },
      ],
    });
    expect(findings).toEqual([]);
    expect(configuration).toMatchObject({ changeIndex: 7, anonymousGroup: 'g' });
    expect(configuration?.clients.get('new')).toMatchObject({
      password: { encoded: '$7$1$a$b' },
      roles: [{ rolename: 'r', priority: 5 }],
    });
    expect(configuration?.clients.get('old')).toMatchObject({
      clientid: 'c',
      disabled: true,
      password: { password: 'cA==', salt: 'cw==', iterations: 101 },
      groups: [{ groupname: 'g', priority: 3 }],
    });
    expect(configuration?.roles.get('r')?.allowwildcardsubs).toBe(false);
  });

  it('reads member names in any case, and the first of several', () => {
    const { configuration, findings } = parseConfiguration({
      CLIENTS: [{ UserName: 'u', textName: 'first', TEXTNAME: 'second' }],
      groups: [],
      roles: [],
    });
    expect(configuration?.clients.get('u')?.textname).toBe('first');
    expect(findings.map(({ pointer }) => pointer)).toEqual(['/CLIENTS/0/TEXTNAME']);
  });

  it('denies everything where there is no default access', () => {
    const { configuration } = parseConfiguration({ clients: [], defaultACLAccess: { subscribe: true } });
    expect(configuration?.defaultACLAccess).toEqual({
      publishClientSend: false,
      publishClientReceive: false,
      subscribe: true,
      unsubscribe: false,
    });
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['nothing that it knows', {}],
    ['clients that are no list', { clients: {} }],
    ['a client id that is no string', withClient({ clientid: 5 })],
    ['a client id with NUL', withClient({ clientid: 'a\0b' })],
    ['a user name with NUL', { clients: [{ username: 'admin\0x' }] }],
    ['a disabled that is no boolean', withClient({ disabled: 'true' })],
    ['a superuser that is no boolean', withClient({ superuser: 1 })],
    ['an empty list of client ids', withClient({ clientids: [] })],
    ['client ids that are no list', withClient({ clientids: 'a' })],
    ['both kinds of binding', withClient({ clientid: 'a', clientids: ['b'] })],
    ['a pattern with a star inside', withClient({ clientids: ['a*b'] })],
    ['a pattern of the client id', withClient({ clientids: ['x-%{clientid}'] })],
    ['attributes that are no object', withClient({ attributes: [] })],
    ['an attribute that is no string', withClient({ attributes: { site: 5 } })],
    ['an attribute with a reserved name', withClient({ attributes: { group: 'x' } })],
    ['an attribute with a bad name', withClient({ attributes: { '1a': 'x' } })],
  ])('does not take %s', (_what, document) => {
    const { configuration, findings } = parseConfiguration(document);
    expect(configuration).toBeUndefined();
    expect(findings.some(({ severity }) => severity === 'error')).toBe(true);
  });

  it('names the place and the value of what it passes over', () => {
    expect(
      findingsOf({
        clients: [
          { username: 'a' },
          { username: 'a' },
          { roles: [] },
          7,
          { username: 'b', roles: [{ rolename: 'no' }] },
        ],
        groups: [{ groupname: 'g/~', clients: [{ username: 'nobody' }] }],
        roles: [],
        anonymousGroup: 'nothing',
      }),
    ).toEqual([
      'warning /clients/3: must be an object; passed over (`7`)',
      'warning /clients/1/username: is there more than once; the first one counts (`"a"`)',
      'warning /clients/2: has no username; passed over',
      'warning /clients/4/roles/0/rolename: there is no such role; passed over (`"no"`)',
      'warning /groups/0/clients/0/username: there is no such client; passed over (`"nobody"`)',
      'warning /anonymousGroup: there is no such group; anonymous clients have none (`"nothing"`)',
    ]);
  });

  it('never shows password material', () => {
    const text = findingsOf(
      withClient({ encoded_password: 5, password: ['secret'], salt: { secret: 1 } }),
    ).join();
    expect(text).toContain('/clients/0/encoded_password');
    expect(text).not.toContain('secret');
  });

  it('puts ACLs into the order of evaluation, and keeps the first of equal ones', () => {
    const { configuration, findings } = parseConfiguration(
      withAcls(
        { acltype: 'SUBSCRIBEPATTERN', topic: 'p', priority: 1, allow: true },
        { acltype: 'publishClientSend', topic: 'low', priority: -5 },
        { acltype: 'publishClientSend', topic: 'first' },
        { acltype: 'publishClientSend', topic: 'second' },
        { acltype: 'publishClientSend', topic: 'first', priority: 9, allow: true },
        { acltype: 'publishClientSend', topic: 'high', priority: 1e9 },
        { acltype: 'nonsense', topic: 'x' },
        { acltype: 'publishClientSend', topic: '' },
      ),
    );
    expect(
      configuration?.roles.get('r')?.acls.map(({ topic, priority, allow }) => [topic, priority, allow]),
    ).toEqual([
      ['high', 100_000, false],
      ['first', 0, false],
      ['second', 0, false],
      ['low', -5, false],
      ['p', 1, true],
    ]);
    expect(findings.map(({ pointer }) => pointer)).toEqual([
      '/roles/0/acls/6/acltype',
      '/roles/0/acls/7',
      '/roles/0/acls/4',
    ]);
  });

  it('warns of topics that do not do what they seem to', () => {
    const acl = { acltype: 'publishClientSend', allow: true };
    expect(findingsOf(withAcls({ ...acl, topic: 'foo+' }, { ...acl, topic: 'a/%{x}%{y}' }))).toEqual([
      'warning /roles/0/acls/0/topic: has a misplaced wildcard: checks that meet it are denied (`"foo+"`)',
      'warning /roles/0/acls/1/topic: has more than one variable in a level: it never allows (`"a/%{x}%{y}"`)',
    ]);
  });

  it('takes no number that could not be written again', () => {
    const client = { username: 'u', password: 'cA==', salt: 'cw==', iterations: Infinity };
    const { configuration } = parseConfiguration({ changeIndex: Infinity, clients: [client] });
    expect(configuration?.changeIndex).toBe(Number.MAX_SAFE_INTEGER);
    expect(configuration?.clients.get('u')?.password).toBeUndefined();
  });

  it('is not misled by names that objects have by themselves', () => {
    const document: unknown = JSON.parse(
      '{"clients":[{"username":"__proto__","attributes":{"constructor":"x"}},{"username":"constructor"}]}',
    );
    const { configuration } = parseConfiguration(document);
    expect([...(configuration?.clients.keys() ?? [])]).toEqual(['__proto__', 'constructor']);
    expect(configuration?.clients.get('__proto__')?.attributes?.get('constructor')).toBe('x');
    expect(configuration?.clients.get('toString')).toBeUndefined();
  });

  it('puts names into the order of their bytes', () => {
    const names = ['b', 'a', '\u{1F600}', '\uFB00', 'Z', '10', '9'];
    const { configuration } = parseConfiguration({ clients: names.map((username) => ({ username })) });
    expect([...(configuration?.clients.keys() ?? [])]).toEqual([
      '10',
      '9',
      'Z',
      'a',
      'b',
      '\uFB00',
      '\u{1F600}',
    ]);
  });
});

/** What `PUT /v1/document` says of a document that is not as it should be, and what it keeps of what it does not know. */
import { ask, documentText, execute, startAdministered, succeed } from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import { basic, bodyOf } from '../support/http/call.js';
import { MANAGEMENT_DOCUMENT, RIGHT_PASSWORD } from '../support/http/management.js';
import type { TestService } from '../support/service.js';
import { PASSWORD_CASES } from '../support/stored-passwords.js';

interface Finding {
  readonly severity: 'error' | 'warning';
  readonly pointer: string;
  readonly message: string;
  readonly value?: unknown;
}

let service: TestService;
beforeAll(async () => {
  service = await startAdministered();
});
afterAll(() => service.close());

const put = (body: unknown, query = ''): Promise<Answer> => ask(service, `/document${query}`, { body });
const findingsOf = (answer: Answer): readonly Finding[] =>
  (bodyOf(answer) as { readonly findings: readonly Finding[] }).findings;

/** What is at a JSON pointer (RFC 6901). @throws where nothing is. */
function at(document: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>((part, name) => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) {
      throw new Error(`nothing is at \`${pointer}\``);
    }
    return (part as Record<string, unknown>)[key];
  }, document);
}

const client = (members: object): object => ({
  clients: [{ username: 'ok' }, { username: 'c', ...members }],
});
const role = (acl: object): object => ({ roles: [{ rolename: 'r', acls: [acl] }] });

/** Documents with one finding each: what is wrong, how bad it is, where, and whether the value is shown. */
const CASES: readonly (readonly [
  document: unknown,
  severity: Finding['severity'],
  pointer: string,
  value: boolean,
])[] = [
  [{}, 'error', '', false],
  [{ clients: 'x' }, 'error', '/clients', true],
  [client({ disabled: 'no' }), 'error', '/clients/1/disabled', true],
  [client({ superuser: 0 }), 'error', '/clients/1/superuser', true],
  [client({ clientid: 5 }), 'error', '/clients/1/clientid', true],
  [client({ clientid: 'c\0' }), 'error', '/clients/1/clientid', true],
  [client({ attributes: 'x' }), 'error', '/clients/1/attributes', true],
  [client({ clientids: 'c-*' }), 'error', '/clients/1/clientids', true],
  [{ clients: ['x'] }, 'warning', '/clients/0', false],
  [{ clients: [5] }, 'warning', '/clients/0', true],
  [{ clients: [{}] }, 'warning', '/clients/0', false],
  [{ clients: [{ username: 'a' }, { username: 'a' }] }, 'warning', '/clients/1/username', true],
  [client({ textname: 5 }), 'warning', '/clients/1/textname', true],
  [client({ roles: [{ rolename: 'none' }] }), 'warning', '/clients/1/roles/0/rolename', true],
  [client({ roles: [{}] }), 'warning', '/clients/1/roles/0', false],
  [
    { groups: [{ groupname: 'g', clients: [{ username: 'x' }] }] },
    'warning',
    '/groups/0/clients/0/username',
    true,
  ],
  [role({ acltype: 'subscribe', topic: 'a' }), 'warning', '/roles/0/acls/0/acltype', true],
  [role({ acltype: 'subscribePattern', topic: 'a+' }), 'warning', '/roles/0/acls/0/topic', true],
  [role({ acltype: 'subscribePattern' }), 'warning', '/roles/0/acls/0', false],
  [{ roles: [{ rolename: 'r', RoleName: 's' }] }, 'warning', '/roles/0/RoleName', false],
  [{ roles: [], anonymousGroup: 'g/~' }, 'warning', '/anonymousGroup', true],
  [{ roles: [], changeIndex: 'x' }, 'warning', '/changeIndex', true],
];

describe('a document that is not as it should be', () => {
  it.each(CASES)('is not taken, and the place is named with what stands there: %j', async (...given) => {
    const [document, severity, pointer, isShown] = given;
    const before = await documentText(service);
    const answer = await put(document);
    expect(answer.status).toBe(422);
    expect(bodyOf(answer)).toEqual({
      ok: false,
      error: expect.stringMatching(/^[a-z].*/),
      findings: [
        {
          ...{ severity, pointer, message: expect.stringMatching(/^[a-z`].*/) },
          ...(isShown ? { value: at(document, pointer) } : {}),
        },
      ],
    });
    expect(await documentText(service)).toBe(before);
  });

  it('is taken with warnings where it is forced, which are told all the same', async () => {
    for (const [document, severity, pointer] of CASES) {
      const answer = await put(document, '?force=true');
      expect([answer.status, findingsOf(answer)[0]?.pointer]).toEqual([
        severity === 'error' ? 422 : 200,
        pointer,
      ]);
    }
    await put(MANAGEMENT_DOCUMENT);
  });

  it('is told of everything at once', async () => {
    const clients = CASES.flatMap(([document]) => (document as { readonly clients?: unknown }).clients ?? []);
    const findings = findingsOf(await put({ clients }));
    expect(findings.length).toBeGreaterThan(10);
    for (const { pointer } of findings) expect(() => at({ clients }, pointer)).not.toThrow();
  });

  it.each([
    '{"clients":[],\n "clients":[]}',
    '{"clients":[{"username":"a","username":"b"}]}',
    '{"roles":[],"x":{"y":1,\n\n"y":2}}',
  ])('is told of a member that is there twice, by a pointer that leads somewhere: %j', async (text) => {
    const [finding, ...others] = findingsOf(await put(text));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('more than once'),
    });
    expect(finding?.pointer).toMatch(/^(?:\/.*)?$/);
    expect(() => at(JSON.parse(text), finding?.pointer ?? '')).not.toThrow();
  });

  it('is not taken with a name that NUL would cut', async () => {
    const answer = await put({ clients: [{ username: 'admin\0x' }] }, '?force=true');
    expect(answer.status).toBe(422);
    expect(findingsOf(answer)[0]).toMatchObject({ severity: 'error', pointer: '/clients/0/username' });
  });

  it('is taken with the first of several members of a name, where it is forced', async () => {
    const text = '{"roles":[{"rolename":"first","rolename":"second"}]}';
    expect(await put(text, '?force=true')).toMatchObject({ status: 200 });
    expect(await documentText(service)).toContain('"first"');
    await put(MANAGEMENT_DOCUMENT);
  });
});

describe('a finding', () => {
  const SECRET = 'c2VjcmV0IHBhc3N3b3JkIGhhc2g';
  const members = { username: 'c', encoded_password: `$7$101$${SECRET}$${SECRET}` };
  const triple = { username: 'c', password: SECRET, salt: SECRET, iterations: 101 };

  it.each<readonly [string, unknown]>([
    ['a hash that is no string', { clients: [{ username: 'c', encoded_password: [SECRET] }] }],
    ['a hash with NUL', { clients: [{ username: 'c', encoded_password: `${SECRET}\0` }] }],
    ['half a triple', { clients: [{ username: 'c', password: SECRET }] }],
    ['a triple that is none', { clients: [{ ...triple, salt: [SECRET], iterations: 'many' }] }],
    ['two passwords', { clients: [{ ...members, ENCODED_PASSWORD: SECRET }] }],
    ['an object for the list of clients', { clients: members }],
    ['clients in a list in the list', { clients: [[members, triple]] }],
    ['a list for the document', [{ clients: [members] }]],
    ['a client among the roles of a client', { clients: [{ username: 'c', roles: { ...members } }] }],
    ['a client for a name', { clients: [{ username: members }] }],
    ['a client for a flag', { clients: [{ username: 'c', disabled: triple }] }],
    ['a client for attributes', { clients: [{ username: 'c', attributes: [triple] }] }],
    ['a client among the patterns', { clients: [{ username: 'c', clientids: [members] }] }],
  ])('never shows what is stored of a password: %s', async (_what, document) => {
    for (const query of ['', '?force=true', '?mode=merge', '?dry-run=true&force=true']) {
      const answer = await put(document, query);
      if (query === '') expect(answer.status).toBe(422);
      expect(answer.text).not.toContain(SECRET);
    }
    await put(MANAGEMENT_DOCUMENT);
    expect(service.log.text()).not.toContain(SECRET);
  });

  it('is no copy of a long document', async () => {
    const answer = await put({ clients: 'x'.repeat(1_000_000) });
    expect(answer.status).toBe(422);
    expect(answer.text.length).toBeLessThan(10_000);
  });
});

describe('what a document says that nobody here knows', () => {
  const STRANGE = { 'x-note': { deep: [1, { a: null }, 'ü'], password: 'of another thing' }, Version: 7 };
  const NAMED = JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":null}') as object;
  const document = {
    ...STRANGE,
    clients: [
      { username: 'a', roles: [{ rolename: 'r' }], ...PASSWORD_CASES[0]?.stored, ...STRANGE },
      { username: 'b', ...STRANGE },
    ],
    groups: [{ groupname: 'g', clients: [{ username: 'a' }], ...STRANGE }],
    roles: [{ rolename: 'r', acls: [], ...STRANGE }],
  };
  const NAMES = ['a', 'b', 'g', 'r'];

  async function strangers(): Promise<readonly unknown[]> {
    const now = JSON.parse(await documentText(service)) as Record<'clients' | 'groups' | 'roles', object[]>;
    const entities = [...now.clients, ...now.groups, ...now.roles].filter((entity) =>
      NAMES.includes(String(Object.values(entity)[0])),
    );
    return [now, ...entities].map((entity) => {
      const { 'x-note': note, Version } = entity as typeof STRANGE;
      return { 'x-note': note, Version };
    });
  }

  it('is kept, whatever is changed beside it, and over a restart', async () => {
    const everywhere = [STRANGE, ...NAMES.map(() => STRANGE)];
    expect(await put(document)).toMatchObject({ status: 200 });
    expect(await strangers()).toEqual(everywhere);
    await succeed(
      service,
      { command: 'modifyClient', username: 'a', textname: 'A' },
      { command: 'disableClient', username: 'b' },
      { command: 'setClientPassword', username: 'b', password: 'p' },
      { command: 'addGroupClient', groupname: 'g', username: 'b' },
      { command: 'modifyGroup', groupname: 'g', textname: 'G', roles: [{ rolename: 'r' }] },
      { command: 'addRoleACL', rolename: 'r', acltype: 'subscribePattern', topic: 'x' },
      { command: 'setDefaultACLAccess', acls: [{ acltype: 'subscribe', allow: true }] },
      { command: 'setAnonymousGroup', groupname: 'g' },
    );
    expect(await strangers()).toEqual(everywhere);
    await ask(service, '/document?mode=merge', { body: { clients: [{ username: 'new' }] } });
    expect(await strangers()).toEqual(everywhere);
    await service.restart();
    expect(await strangers()).toEqual(everywhere);
    await put(await documentText(service));
    expect(await strangers()).toEqual(everywhere);
  });

  it('is in no reply of commands', async () => {
    await put(document);
    const { answer } = await execute(service, [
      ...['listClients', 'listGroups', 'listRoles'].map((command) => ({ command, verbose: true })),
      { command: 'getClient', username: 'a' },
    ]);
    expect(answer.text).not.toMatch(/x-note|Version/);
  });

  it.each(['', '?mode=merge'])('may have any name, also those of every object: %s', async (query) => {
    const text = JSON.stringify({
      ...JSON.parse(await documentText(service)),
      clients: [{ username: '__proto__', note: 1 }, { username: 'constructor' }],
      ...{ groups: [{ groupname: 'toString' }], roles: [{ rolename: 'hasOwnProperty' }] },
    });
    const named = `${text.slice(0, -1)},${JSON.stringify(NAMED).slice(1)}`;
    expect(await put(named, query)).toMatchObject({ status: 200 });
    const after = await documentText(service);
    expect(after).toContain(
      JSON.stringify({ a: NAMED }, null, '\t').slice(9, -4).replaceAll('\n\t', '\n').trim(),
    );
    const { responses } = await execute(service, [{ command: 'getClient', username: '__proto__' }]);
    expect(responses[0]).toMatchObject({ data: { client: { username: '__proto__' } } });
    await put(MANAGEMENT_DOCUMENT);
  });

  it('makes nobody an administrator', async () => {
    await put(MANAGEMENT_DOCUMENT);
    const body = '{"clients":[{"username":"device","__proto__":{"superuser":true}}]}';
    await ask(service, '/document?mode=merge', { body });
    expect(await ask(service, '/document', { as: basic('device', RIGHT_PASSWORD) })).toMatchObject({
      status: 403,
    });
  });
});

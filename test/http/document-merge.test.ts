/** `PUT /v1/document?mode=merge`, and what `?dry-run=true` says of a document before it is put in place. */
import { allowAll, documentOf } from '../support/e2e/document.js';
import {
  ask,
  changesOf,
  documentText,
  execute,
  headerOf,
  login,
  publish,
  startAdministered,
} from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import { basic, bodyOf } from '../support/http/call.js';
import type { TestService } from '../support/service.js';

type Entity = Readonly<Record<string, unknown>>;
type Document = Readonly<Record<'clients' | 'groups' | 'roles', readonly Entity[]>> & Entity;

const BEFORE = {
  ...(JSON.parse(
    documentOf({
      clients: [
        { username: 'admin', password: 'admin', roles: ['admin'] },
        { username: 'lamp', password: 'pw', roles: ['lamp'] },
        { username: 'switch', password: 'pw', roles: [] },
      ],
      roles: { admin: allowAll('$CONTROL/#'), lamp: allowAll('lamps/%u') },
    }),
  ) as Document),
  groups: [
    {
      groupname: 'house',
      textname: 'House',
      roles: [{ rolename: 'lamp' }],
      clients: [{ username: 'switch' }],
    },
    { groupname: 'visitors', roles: [], clients: [] },
  ],
  anonymousGroup: 'visitors',
};

let service: TestService;
beforeEach(async () => {
  service = await startAdministered({ document: BEFORE });
});
afterEach(() => service.close());

const merge = (body: unknown, query = ''): Promise<Answer> =>
  ask(service, `/document?mode=merge${query}`, { body });

async function documentNow(): Promise<Document> {
  return JSON.parse(await documentText(service)) as Document;
}

async function entity(list: 'clients' | 'groups' | 'roles', name: string): Promise<Entity | undefined> {
  return (await documentNow())[list].find((each) => Object.values(each)[0] === name);
}

describe('a document that is merged into the realm', () => {
  it('adds what is new, and leaves all else', async () => {
    const before = await documentNow();
    const answer = await merge({
      clients: [{ username: 'bell', roles: [{ rolename: 'bell' }] }],
      roles: [{ rolename: 'bell', acls: allowAll('bell') }],
    });
    expect(bodyOf(answer)).toMatchObject({
      ok: true,
      findings: [],
      counts: { clients: 4, groups: 2, roles: 3 },
    });
    expect(await publish(service, 'bell', 'bell')).toBe(200);
    const after = await documentNow();
    for (const list of ['clients', 'groups', 'roles'] as const) {
      expect(after[list].filter((each) => Object.values(each)[0] !== 'bell')).toEqual(before[list]);
    }
    expect({ ...after, clients: [], groups: [], roles: [] }).toEqual({
      ...before,
      ...{ clients: [], groups: [], roles: [] },
    });
  });

  it('puts its entities in the place of those of the same name', async () => {
    await merge({ roles: [{ rolename: 'lamp', textname: 'Lamp', acls: allowAll('light/%u') }] });
    expect(await publish(service, 'lamp', 'light/lamp')).toBe(200);
    expect(await publish(service, 'lamp', 'lamps/lamp')).toBe(403);
    expect(await entity('roles', 'lamp')).toMatchObject({ textname: 'Lamp' });
    await merge({ clients: [{ username: 'lamp', disabled: true }] });
    const { encoded_password: hash } = (BEFORE.clients[1] ?? {}) as { encoded_password?: string };
    expect(await entity('clients', 'lamp')).toEqual({
      ...{ username: 'lamp', disabled: true, roles: [], encoded_password: hash },
    });
  });

  it('keeps the password of a client that comes without one, and takes one that comes', async () => {
    await merge({ clients: [{ USERNAME: 'lamp', textname: 'Lamp' }] });
    expect(await login(service, 'lamp', 'pw')).toBe(200);
    const other = JSON.parse(
      documentOf({ clients: [{ username: 'lamp', password: 'new', roles: [] }], roles: {} }),
    );
    await merge({ clients: (other as Document).clients });
    expect([await login(service, 'lamp', 'pw'), await login(service, 'lamp', 'new')]).toEqual([403, 200]);
  });

  it('takes a triple of Mosquitto 2.0 in the place of a hash, and no two passwords are mixed', async () => {
    const triple = {
      password: Buffer.alloc(64).toString('base64'),
      salt: Buffer.alloc(12).toString('base64'),
    };
    await merge({ clients: [{ username: 'lamp', ...triple, iterations: 101 }] });
    expect(await entity('clients', 'lamp')).toEqual({
      username: 'lamp',
      roles: [],
      ...triple,
      iterations: 101,
    });
  });

  it('keeps the members of a group, and adds those that come', async () => {
    await merge({ groups: [{ groupname: 'house', clients: [{ username: 'lamp', priority: 5 }] }] });
    expect(await entity('groups', 'house')).toEqual({
      groupname: 'house',
      roles: [],
      clients: [{ username: 'lamp', priority: 5 }, { username: 'switch' }],
    });
    await merge({ groups: [{ groupname: 'house', clients: [{ username: 'switch', priority: 7 }] }] });
    expect((await entity('groups', 'house'))?.['clients']).toEqual([
      { username: 'lamp', priority: 5 },
      { username: 'switch', priority: 7 },
    ]);
  });

  it('changes the settings that it names', async () => {
    await merge({ anonymousGroup: 'house' });
    expect(await documentNow()).toMatchObject({
      anonymousGroup: 'house',
      defaultACLAccess: { subscribe: false },
    });
    const open = { publishClientSend: true, publishClientReceive: true, subscribe: true, unsubscribe: true };
    await merge({ DefaultACLAccess: open });
    expect(await documentNow()).toMatchObject({ anonymousGroup: 'house', defaultACLAccess: open });
  });

  it('changes nothing of the default access but what it names', async () => {
    await merge({ defaultACLAccess: { subscribe: true, unsubscribe: true } });
    await merge({ defaultACLAccess: { subscribe: false } });
    expect((await documentNow())['defaultACLAccess']).toEqual({
      ...{ publishClientSend: false, publishClientReceive: false, subscribe: false, unsubscribe: true },
    });
  });

  it('counts nothing by the change index that it has', async () => {
    const { changeIndex } = await documentNow();
    await merge({ changeIndex: 1_000, roles: [{ rolename: 'new' }] });
    expect(await documentNow()).toMatchObject({ changeIndex });
  });

  it('changes nothing where it says what is there', async () => {
    const { head } = await changesOf(service);
    for (const body of [{}, { clients: [] }, await documentNow(), { changeIndex: 7 }]) {
      expect(await merge(body)).toMatchObject({ status: 200 });
    }
    expect(await changesOf(service)).toEqual({ changes: [], head });
  });

  it('is not refused for what is there already', async () => {
    // As in dynsec, a command may make a rule that a document is warned of.
    const acls = [{ acltype: 'subscribePattern', topic: 'a+', allow: true }];
    await execute(service, [{ command: 'createRole', rolename: 'odd', acls }]);
    expect(await ask(service, '/document', { body: await documentNow() })).toMatchObject({ status: 422 });
    const answer = await merge({ clients: [{ username: 'new' }] });
    expect(bodyOf(answer)).toMatchObject({ ok: true, findings: [] });
    const again = await merge({ roles: [{ rolename: 'odd', acls }] });
    expect(bodyOf(again)).toMatchObject({ ok: false, findings: [{ pointer: '/roles/0/acls/0/topic' }] });
  });

  it('loses nothing of what is changed at the same time, nor what it has answered itself', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `n${String(i)}`);
    const made = names.map((name) => execute(service, [{ command: 'createRole', rolename: `made-${name}` }]));
    const merged = names.map(async (name) => {
      const { status } = await merge({ roles: [{ rolename: `merged-${name}` }] });
      return { name, status };
    });
    const answers = await Promise.all(merged);
    await Promise.all(made);
    // 503 where the realm changed faster than it could be merged with; then it is not merged.
    const [taken, refused] = [200, 503].map((status) =>
      answers.flatMap((answer) => (answer.status === status ? [`merged-${answer.name}`] : [])),
    );
    expect([...(taken ?? []), ...(refused ?? [])]).toHaveLength(names.length);
    const there = (await documentNow()).roles.map(({ rolename }) => String(rolename));
    expect(there.sort()).toEqual(
      ['admin', 'lamp', ...names.map((name) => `made-${name}`), ...(taken ?? [])].sort(),
    );
    expect(taken).not.toEqual([]);
  });

  it.each([
    [[{ clients: [] }], ''],
    [{ clients: {} }, '/clients'],
    [{ clients: [{ username: 'lamp', disabled: 'yes' }] }, '/clients/0/disabled'],
    [{ clients: [{ username: 'new' }, { username: 'lamp', superuser: 1 }] }, '/clients/1/superuser'],
    [{ clients: [{ username: 'lamp', roles: [{ rolename: 'none' }] }] }, '/clients/0/roles/0/rolename'],
    [{ roles: [{ rolename: 'x' }, { rolename: 'x' }] }, '/roles/1/rolename'],
    [{ groups: [{ groupname: 'house', clients: [{ username: 'none' }] }] }, '/groups/0/clients/0/username'],
    [{ anonymousGroup: 'none' }, '/anonymousGroup'],
  ])('is not taken with an entry that is wrong, whose place in it is named: %j', async (body, pointer) => {
    const before = await documentText(service);
    const answer = await merge(body);
    expect(answer.status).toBe(422);
    expect((bodyOf(answer) as { readonly findings: readonly object[] }).findings[0]).toMatchObject({
      pointer,
    });
    expect(await documentText(service)).toBe(before);
  });
});

describe('a dry run', () => {
  const dryRun = (body: unknown, query = ''): Promise<Answer> =>
    ask(service, `/document?dry-run=true${query}`, { body, as: basic('admin', 'admin') });
  const NOTHING = { created: [], changed: [], deleted: [] };
  const UNCHANGED = { clients: NOTHING, groups: NOTHING, roles: NOTHING, settings: false };

  it('says that nothing would change', async () => {
    const answer = await dryRun(BEFORE);
    expect(bodyOf(answer)).toEqual({ ok: true, findings: [], changes: UNCHANGED, touched: [] });
  });

  it('says by entity what would change, and whose decisions', async () => {
    const answer = await dryRun({
      clients: [
        BEFORE.clients[0],
        { ...BEFORE.clients[1], textname: 'Lamp' },
        { username: 'bell', roles: [{ rolename: 'bell' }] },
      ],
      groups: [{ groupname: 'house' }],
      roles: [BEFORE.roles[0], { rolename: 'lamp' }, { rolename: 'bell' }],
      defaultACLAccess: { subscribe: true },
    });
    expect(answer.status).toBe(200);
    const { changes, touched } = bodyOf(answer) as { changes: unknown; touched: string[] };
    expect(changes).toEqual({
      clients: { created: ['bell'], changed: ['lamp'], deleted: ['switch'] },
      groups: { created: [], changed: ['house'], deleted: ['visitors'] },
      roles: { created: ['bell'], changed: ['lamp'], deleted: [] },
      settings: true,
    });
    expect(touched.sort()).toEqual(['bell', 'lamp', 'switch']);
  });

  it('counts a client as touched whose group has a role that changes', async () => {
    const roles = [{ rolename: 'lamp', acls: [] }];
    const answer = await dryRun({ roles }, '&mode=merge');
    expect(bodyOf(answer)).toMatchObject({
      changes: { ...UNCHANGED, roles: { created: [], changed: ['lamp'], deleted: [] } },
      touched: ['lamp', 'switch'],
    });
  });

  it('changes nothing, and names the revision that it is about', async () => {
    const before = await documentText(service);
    const { head } = await changesOf(service);
    const answer = await dryRun({ clients: [] }, '&force=true');
    expect(headerOf(answer, 'x-gatehouse-revision')).toBe(head);
    expect(await documentText(service)).toBe(before);
    expect(await changesOf(service)).toEqual({ changes: [], head });
  });

  it('refuses what would be refused', async () => {
    const findings = [
      { severity: 'warning', pointer: '/anonymousGroup', message: expect.any(String), value: 'x' },
    ];
    const body = { clients: BEFORE.clients, roles: BEFORE.roles, anonymousGroup: 'x' };
    const refused = await dryRun(body);
    expect(refused.status).toBe(422);
    expect(bodyOf(refused)).toEqual({ ok: false, error: expect.any(String), findings });
    expect(bodyOf(await dryRun(body, '&force=true'))).toMatchObject({ ok: true, findings });
    expect(await dryRun({ clients: [] })).toMatchObject({ status: 422 });
  });
});

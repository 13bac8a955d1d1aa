import { basic, call, type Answer } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

const TOKEN = 'admin-token-0123456789abcdef0123456789';
const BY_TOKEN = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };

const DOCUMENT = {
  clients: [
    { username: 'pump', clientid: 'pump-7', roles: [{ rolename: 'device' }] },
    { username: 'plain', roles: [{ rolename: 'other' }] },
  ],
  groups: [],
  roles: [{ rolename: 'device', acls: [] }, { rolename: 'other' }],
};

describe('/v1/templates', () => {
  let service: TestService;

  beforeEach(async () => {
    service = await startTestService({ document: DOCUMENT, settings: { adminTokens: [TOKEN] } });
  });
  afterEach(() => service.close());

  const get = (path: string): Promise<Answer> =>
    call(service.url, path, { method: 'GET', headers: BY_TOKEN });
  const apply = (name: string, body: unknown, query = ''): Promise<Answer> =>
    call(service.url, `/v1/templates/${name}/apply${query}`, {
      ...{ method: 'POST', headers: BY_TOKEN, body: JSON.stringify(body) },
    });
  const saidBy = ({ status, text }: Answer): readonly [number, unknown] => [status, JSON.parse(text)];
  const mayPublish = async (topic: string): Promise<boolean> => {
    const body = JSON.stringify({ username: 'pump', clientid: 'pump-7', acc: 2, topic });
    return (await call(service.url, '/auth/acl', { method: 'POST', headers: BY_TOKEN, body })).status === 200;
  };

  it('lists the templates', async () => {
    const [status, { templates }] = saidBy(await get('/v1/templates')) as [number, { templates: object[] }];
    expect([status, templates.length]).toEqual([200, 9]);
    expect(templates[3]).toEqual({ name: 'jailed-device', title: 'A subtree for each device, by client id' });
  });

  it('shows one, with its parameters and its rules as they are written', async () => {
    const [status, template] = saidBy(await get('/v1/templates/jailed-user'));
    expect(status).toBe(200);
    expect(template).toMatchObject({
      name: 'jailed-user',
      description: expect.stringContaining('below its user name'),
      parameters: [{ name: 'prefix', type: 'prefix', allows: [], default: 'users' }],
      acls: [{ acltype: 'publishClientSend', topic: '${prefix}/%u/#', priority: 0, allow: true }, {}, {}, {}],
    });
  });

  it('makes a role, by which is decided from then on', async () => {
    await apply('jailed-device', { rolename: 'device', replace: true, set: { prefix: 'fleet' } });
    expect(await mayPublish('fleet/pump-7/telemetry/rpm')).toBe(true);
    expect(await mayPublish('devices/pump-7/telemetry/rpm')).toBe(false);
  });

  it('answers as the commands do, names whom it touches, and is in the change log', async () => {
    const created = await apply('jailed-device', {});
    expect(saidBy(created)).toEqual([200, { responses: [{ command: 'createRole' }] }]);
    expect(created.headers['x-dynsec-kick']).toBeUndefined();
    const replaced = await apply('jailed-device', { rolename: 'device', replace: true });
    expect(saidBy(replaced)).toEqual([200, { responses: [{ command: 'modifyRole' }] }]);
    expect(replaced.headers['x-dynsec-kick']).toBe('["pump"]');
    const { changes, head } = JSON.parse((await get('/v1/changes')).text);
    expect(changes.map(({ by, commands, touched }: never) => [by, commands, touched])).toEqual([
      ['token', ['createRole'], { clients: [], groups: [], roles: ['jailed-device'], settings: false }],
      ['token', ['modifyRole'], { clients: [], groups: [], roles: ['device'], settings: false }],
    ]);
    expect(replaced.headers['x-gatehouse-revision']).toBe(head);
  });

  it('leaves a role alone that is there, unless it is to replace it', async () => {
    expect(saidBy(await apply('bridge', { rolename: 'device' }))).toEqual([
      200,
      { responses: [{ command: 'createRole', error: 'Role already exists' }] },
    ]);
    expect(JSON.parse((await get('/v1/changes')).text).changes).toEqual([]);
  });

  it('shows in a dry run what it would run, and runs nothing', async () => {
    const [status, { commands }] = saidBy(
      await apply('bridge', { rolename: 'device', replace: true }, '?dry-run=true'),
    ) as [number, { commands: object[] }];
    expect(status).toBe(200);
    expect(commands).toEqual([
      expect.objectContaining({
        ...{ command: 'modifyRole', rolename: 'device', textname: 'A bridge from another broker' },
        textdescription: 'made by template bridge with out=sites/%u/up/#, in=sites/%u/down/#',
      }),
    ]);
    expect(JSON.parse((await get('/v1/changes')).text).changes).toEqual([]);
  });

  it.each([
    [
      'a value that the template does not take',
      { set: { prefix: 'a/+' } },
      422,
      'prefix: `a/+` holds a wildcard',
    ],
    ['a parameter that there is none of', { set: { x: 'a' } }, 422, 'x: template `jailed-user` has no such'],
    [
      'a parameter of every object',
      { set: { constructor: 'a' } },
      422,
      'constructor: template `jailed-user`',
    ],
    ['a value that is no text', { set: { prefix: 1 } }, 400, 'set.prefix: must be a string'],
    ['values that are no object', { set: ['a'] }, 400, 'set: must be a JSON object'],
    ['a role name that is no text', { rolename: 1 }, 400, 'rolename: must be a string'],
    ['a wish that is none', { replace: 'yes' }, 400, 'replace: must be true or false'],
    ['a member that there is none of', { prefix: 'a' }, 400, '`prefix` is not one of set, rolename, replace'],
    ['no object', [], 400, 'body: must be a JSON object'],
  ])('refuses %s, and names it', async (_what, body, status, error) => {
    expect(saidBy(await apply('jailed-user', body))).toEqual([
      status,
      { ok: false, error: expect.stringContaining(error) },
    ]);
    expect(JSON.parse((await get('/v1/changes')).text).changes).toEqual([]);
  });

  it('has no template of another name, wherever it might lie', async () => {
    for (const name of ['nothing', '__proto__', '..%2Ftemplates%2Fbridge', 'bridge%00']) {
      expect(saidBy(await get(`/v1/templates/${name}`))).toEqual([
        404,
        { ok: false, error: expect.stringContaining('there is no template `') },
      ]);
      expect((await apply(name, {})).status).toBe(404);
    }
  });

  it('is for administrators', async () => {
    for (const headers of [{}, { Authorization: basic('plain', 'any') }]) {
      const answers = await Promise.all([
        call(service.url, '/v1/templates', { method: 'GET', headers }),
        call(service.url, '/v1/templates/bridge', { method: 'GET', headers }),
        call(service.url, '/v1/templates/bridge/apply', { method: 'POST', headers, body: '{}' }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    }
  });

  it('takes nothing that a form of another site can send', async () => {
    const headers = { ...BY_TOKEN, 'Content-Type': 'text/plain' };
    const answer = await call(service.url, '/v1/templates/bridge/apply', {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect(saidBy(answer)).toEqual([400, { ok: false, error: 'content-type: must be `application/json`' }]);
  });
});

/** `POST /v1/commands`: who may, what is answered, and that it is so from then on. */
import {
  ask,
  changesOf,
  documentText,
  execute,
  login,
  publish,
  send,
  startAdministered,
  succeed,
} from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import { basic, bodyOf, call } from '../support/http/call.js';
import {
  ADMIN_TOKEN,
  CHECK_TOKEN,
  MANAGEMENT_DOCUMENT,
  OTHER_ADMIN_TOKEN,
  RIGHT_PASSWORD,
} from '../support/http/management.js';
import type { TestService } from '../support/service.js';

const MEBIBYTE = 1_048_576;
const NOTHING = { commands: [] };
const COMMANDS_TOPIC = '$CONTROL/dynamic-security/v1';

let service: TestService;
beforeAll(async () => {
  service = await startAdministered({
    settings: {
      adminTokens: [ADMIN_TOKEN, OTHER_ADMIN_TOKEN],
      checkTokens: [],
      // An anonymous group that may administer is nobody's credential.
      allowAnonymous: true,
    },
  });
});
afterAll(() => service.close());

describe('commands', () => {
  it.each([
    ['a token', `Bearer ${ADMIN_TOKEN}`],
    ['the token that takes its place', `Bearer ${OTHER_ADMIN_TOKEN}`],
    ['a role of its own', basic('admin', RIGHT_PASSWORD)],
    ['a rule for the topic alone', basic('exact', RIGHT_PASSWORD)],
    ['a role of its group', basic('grouped', RIGHT_PASSWORD)],
    ['the superuser flag', basic('root', RIGHT_PASSWORD)],
  ])('are taken from who has %s', async (_what, as) => {
    expect(await send(service, NOTHING, { as })).toMatchObject({ status: 200 });
  });

  it.each(['device', 'reader', 'denied'])('are not taken from the client %s', async (username) => {
    const answer = await send(service, NOTHING, { as: basic(username, RIGHT_PASSWORD) });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining(COMMANDS_TOPIC) });
  });

  it.each([
    ['nothing', null],
    ['another scheme', `Digest ${ADMIN_TOKEN}`],
    ['a wrong token', `Bearer ${ADMIN_TOKEN}x`],
    ['a wrong password', basic('admin', 'the wrong password')],
    ['no password', basic('admin', '')],
    ['a name that nobody has', basic('nobody', RIGHT_PASSWORD)],
    ['no name', basic('', RIGHT_PASSWORD)],
    ['the password of who is disabled', basic('disabled', RIGHT_PASSWORD)],
    ['the password of who is bound to a client id', basic('bound', RIGHT_PASSWORD)],
    ['the password of who is bound to patterns', basic('bound to any', RIGHT_PASSWORD)],
  ])('are not taken from who shows %s, and nothing comes of them', async (_what, as) => {
    const before = await documentText(service);
    const answer = await send(service, { commands: [{ command: 'createRole', rolename: 'theirs' }] }, { as });
    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({ 'www-authenticate': 'Basic realm="gatehouse", Bearer' });
    expect(bodyOf(answer)).toEqual({ ok: false, error: expect.stringMatching(/^authorization: /) });
    expect(await documentText(service)).toBe(before);
  });

  it('are not taken with the token of the checks', async () => {
    const guarded = await startAdministered({ settings: { checkTokens: [CHECK_TOKEN] } });
    const shown = [`Bearer ${CHECK_TOKEN}`, basic('admin', CHECK_TOKEN)];
    const answers = await Promise.all(shown.map((as) => send(guarded, NOTHING, { as })));
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    await guarded.close();
  });

  it("are nobody's by the default access", async () => {
    const open = { publishClientSend: true, publishClientReceive: true, subscribe: true, unsubscribe: true };
    const liberal = await startAdministered({
      document: { ...MANAGEMENT_DOCUMENT, defaultACLAccess: open },
    });
    const answer = await send(liberal, NOTHING, { as: basic('device', RIGHT_PASSWORD) });
    expect(answer.status).toBe(403);
    await liberal.close();
  });

  it('are read from POST alone', async () => {
    const methods = ['GET', 'PUT', 'PATCH', 'DELETE'];
    const answers = await Promise.all(methods.map((method) => send(service, NOTHING, { method })));
    expect(answers.map(({ status }) => status)).toEqual(methods.map(() => 404));
  });
});

describe('the right to send commands', () => {
  const as = (password: string): { readonly as: string } => ({ as: basic('deputy', password) });
  const statusWith = async (password: string): Promise<number> =>
    (await send(service, NOTHING, as(password))).status;

  it('comes and goes with what gives it, from one request to the next', async () => {
    expect(await statusWith('first')).toBe(401);
    await succeed(service, { command: 'createClient', username: 'deputy', password: 'first' });
    expect(await statusWith('first')).toBe(403);
    await succeed(service, { command: 'addClientRole', username: 'deputy', rolename: 'exact' });
    expect(await statusWith('first')).toBe(200);
    await succeed(service, { command: 'setClientPassword', username: 'deputy', password: 'second' });
    expect([await statusWith('first'), await statusWith('second')]).toEqual([401, 200]);
    await succeed(service, { command: 'setClientId', username: 'deputy', clientid: 'c' });
    expect(await statusWith('second')).toBe(401);
    await succeed(service, { command: 'setClientId', username: 'deputy', clientid: '' });
    await succeed(service, { command: 'disableClient', username: 'deputy' });
    expect(await statusWith('second')).toBe(401);
    await succeed(service, { command: 'enableClient', username: 'deputy' });
    expect(await statusWith('second')).toBe(200);
    await succeed(service, { command: 'removeClientRole', username: 'deputy', rolename: 'exact' });
    expect(await statusWith('second')).toBe(403);
    await succeed(service, { command: 'deleteClient', username: 'deputy' });
    expect(await statusWith('second')).toBe(401);
  });

  it('may be given up by who has it, in the same request', async () => {
    const given = {
      command: 'createClient',
      username: 'deputy',
      password: 'p',
      roles: [{ rolename: 'exact' }],
    };
    await succeed(service, given);
    const { responses } = await execute(service, [{ command: 'deleteClient', username: 'deputy' }], as('p'));
    expect(responses).toEqual([{ command: 'deleteClient' }]);
    expect(await statusWith('p')).toBe(401);
  });
});

describe('a request that is no batch of commands', () => {
  const refused = (error: string, command = 'Unknown command'): object => ({
    responses: [{ command, error }],
  });
  const NO_JSON = refused('Payload not valid JSON');
  const NO_COMMANDS = refused('Invalid/missing commands');

  it.each([
    ['nothing', '', NO_JSON],
    ['half a text', '{"commands":[', NO_JSON],
    ['words', 'commands', NO_JSON],
    ['comments', '{"commands":[]/* all of them */}', NO_JSON],
    ['a comma too many', '{"commands":[],}', NO_JSON],
    ['bytes after the JSON', '{"commands":[]} and more', NO_JSON],
    ['half a character', '{"commands":[{"command":"\\ud800"}]}', NO_JSON],
    ['brackets without end', '['.repeat(100_000), NO_JSON],
    ['a list', '[]', NO_COMMANDS],
    ['null', 'null', NO_COMMANDS],
    ['no commands', '{}', NO_COMMANDS],
    ['commands that are no list', '{"commands":{"command":"listClients"}}', NO_COMMANDS],
    ['a list without commands', '{"commands":[]}', { responses: [] }],
    ['a command that is none', '{"commands":[1]}', refused('Command not an object')],
    ['a command without name', '{"commands":[{}]}', refused('Missing command')],
    ['a name that is none', '{"commands":[{"command":5}]}', refused('Missing command')],
    ['a name that no command has', '{"commands":[{"command":"x"}]}', refused('Unknown command', 'x')],
    [
      'a name of every object',
      '{"commands":[{"command":"toString"}]}',
      refused('Unknown command', 'toString'),
    ],
  ])('is answered as dynsec does where it holds %s', async (_what, body, expected) => {
    const answer = await send(service, body);
    expect({ status: answer.status, body: bodyOf(answer) }).toEqual({ status: 200, body: expected });
  });

  it('is JSON to dynsec with bytes in it that are no UTF-8', async () => {
    const body = Buffer.from('{"commands":[{"command":"getClient","username":"\xff"}]}', 'latin1');
    expect(bodyOf(await send(service, body))).toEqual(refused('Username not valid UTF-8', 'getClient'));
  });

  it.each(['commands', 'COMMANDS', 'Commands'])('is a batch with members of any case: %s', async (name) => {
    const body = `{"${name}":[{"COMMAND":"listroles","Count":1,"count":0}],"${name}":5}`;
    const reply = bodyOf(await send(service, body)) as { responses: { command: string; data: object }[] };
    expect(reply.responses).toEqual([{ command: 'listRoles', data: { totalCount: 7, roles: ['a denial'] } }]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['another kind of JSON', 'application/json-seq'],
    ['many types', 'text/plain, application/json'],
    ['nothing', undefined],
  ])('is refused where it says that it is %s', async (_what, type) => {
    const answer = await send(service, NOTHING, { headers: { 'Content-Type': type } });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('content-type: ') });
  });

  it.each(['application/json;charset=utf-8', 'APPLICATION/JSON ; charset=UTF-8'])(
    'is taken as %s',
    async (type) => {
      const answer = await send(service, NOTHING, { headers: { 'Content-Type': type } });
      expect(answer).toMatchObject({ status: 200 });
    },
  );

  it('may be 16 MiB, and no byte more', async () => {
    const [start, end] = ['{"commands":[],"filler":"', '"}'];
    const largest = `${start}${'x'.repeat(16 * MEBIBYTE - start.length - end.length)}${end}`;
    expect(await send(service, largest)).toMatchObject({ status: 200, text: '{"responses":[]}' });
    expect(await send(service, `${largest} `)).toMatchObject({
      status: 413,
      text: expect.stringContaining('too large'),
    });
  });
});

describe('an atomic batch', () => {
  const create = (rolename: string): object => ({ command: 'createRole', rolename });

  it('is carried out whole', async () => {
    const { responses } = await execute(service, [create('a1'), create('a2')], { atomic: true });
    expect(responses).toEqual([{ command: 'createRole' }, { command: 'createRole' }]);
    expect(await documentText(service)).toContain('"a2"');
  });

  it('is undone by its first error, says so in every entry, and kicks nobody', async () => {
    const before = await documentText(service);
    const { head } = await changesOf(service);
    const { responses, kick, revision } = await execute(
      service,
      [
        { command: 'disableClient', username: 'device', correlationData: 'first' },
        { command: 'listRoles' },
        { ...create('admin'), correlationData: 'third' },
        create('a3'),
      ],
      { atomic: true },
    );
    expect(responses).toEqual([
      { command: 'disableClient', error: 'Undone: command 3 failed', correlationData: 'first' },
      { command: 'listRoles', error: 'Undone: command 3 failed' },
      { command: 'createRole', error: 'Role already exists', correlationData: 'third' },
      { command: 'createRole', error: 'Not run: command 3 failed' },
    ]);
    expect({ kick, revision }).toEqual({ kick: undefined, revision: head });
    expect(await documentText(service)).toBe(before);
    expect(await changesOf(service)).toMatchObject({ head });
    expect(await login(service, 'device', RIGHT_PASSWORD)).toBe(200);
  });

  it('keeps what came before an error where it is not', async () => {
    const { responses } = await execute(service, [create('a4'), create('admin'), create('a5')], {
      atomic: false,
    });
    expect(responses.map(({ error }) => error)).toEqual([undefined, 'Role already exists', undefined]);
    const text = await documentText(service);
    expect([text.includes('"a4"'), text.includes('"a5"')]).toEqual([true, true]);
  });

  it.each(['?atomic=yes', '?atomic=', '?atomic=1', '?atomic=true&atomic=true'])(
    'is not to be guessed at: %s',
    async (query) => {
      const answer = await ask(service, `/commands${query}`, {
        method: 'POST',
        body: { commands: [create('a6')] },
      });
      expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('atomic: ') });
      expect(await documentText(service)).not.toContain('"a6"');
    },
  );
});

describe('a change', () => {
  const ACL = { acltype: 'publishClientSend', topic: 'lamps/%u', allow: true };

  it('decides the next check, once it is answered', async () => {
    const create = { command: 'createClient', username: 'lamp', password: 'pw' };
    const steps: readonly (readonly [object, readonly [login: number, publish: number]])[] = [
      [create, [200, 403]],
      [{ command: 'createRole', rolename: 'lamp', acls: [ACL] }, [200, 403]],
      [{ command: 'addClientRole', username: 'lamp', rolename: 'lamp' }, [200, 200]],
      [{ command: 'removeRoleACL', rolename: 'lamp', ...ACL }, [200, 403]],
      [{ command: 'addRoleACL', rolename: 'lamp', ...ACL }, [200, 200]],
      [{ command: 'setClientPassword', username: 'lamp', password: 'new' }, [403, 200]],
      [{ command: 'modifyClient', username: 'lamp', password: 'pw', clientid: 'other' }, [403, 403]],
      [{ command: 'setClientId', username: 'lamp', clientid: 'c' }, [200, 200]],
      [{ command: 'disableClient', username: 'lamp' }, [403, 403]],
      [{ command: 'enableClient', username: 'lamp' }, [200, 200]],
      [{ command: 'deleteRole', rolename: 'lamp' }, [200, 403]],
      // A new role of an old name is not the old one.
      [{ command: 'createRole', rolename: 'lamp', acls: [ACL] }, [200, 403]],
      [{ command: 'deleteClient', username: 'lamp' }, [403, 403]],
    ];
    for (const [command, expected] of steps) {
      await succeed(service, command);
      const seen = [await login(service, 'lamp', 'pw'), await publish(service, 'lamp', 'lamps/lamp')];
      expect({ command, seen }).toEqual({ command, seen: expected });
    }
  });

  it('is one of many at once, none of which is lost', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `many-${String(i)}`);
    const made = await Promise.all(
      names.map((rolename) => succeed(service, { command: 'createRole', rolename })),
    );
    expect(new Set(made.map(({ revision }) => revision)).size).toBe(names.length);
    const text = await documentText(service);
    expect(names.filter((name) => !text.includes(`"${name}"`))).toEqual([]);
  });

  it('is told by the revision, and nothing else is', async () => {
    const ready = async (): Promise<unknown> => {
      const { policy } = bodyOf(await call(service.url, '/health/ready', { method: 'GET' }));
      return (policy as { readonly revision: string }).revision;
    };
    const { revision } = await succeed(service, { command: 'createGroup', groupname: 'told' });
    expect(await ready()).toBe(revision);
    const others: readonly (readonly object[])[] = [
      [],
      [{ command: 'getGroup', groupname: 'told' }],
      [{ command: 'createGroup', groupname: 'told' }],
      [{ command: 'none' }],
    ];
    for (const commands of others) expect(await execute(service, commands)).toMatchObject({ revision });
    expect(await send(service, 'no JSON')).toMatchObject({ headers: { 'x-gatehouse-revision': revision } });
    // As in dynsec, a command counts that succeeds, whether or not anything is another way afterwards.
    const again = await succeed(service, { command: 'modifyGroup', groupname: 'told' });
    expect(again.revision).not.toBe(revision);
    expect(await ready()).toBe(again.revision);
  });
});

/** Nothing that is answered may be kept. */
it('answers that nobody keeps', async () => {
  const answers: readonly Answer[] = await Promise.all([
    send(service, NOTHING),
    send(service, 'no JSON'),
    send(service, NOTHING, { as: null }),
    send(service, NOTHING, { headers: { 'Content-Type': 'text/plain' } }),
  ]);
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(headers.etag).toBeUndefined();
  }
});

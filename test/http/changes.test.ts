/** `GET /v1/changes`: every change, in order, as a list and as a stream. */
import type { Change } from '../../src/gate/ports.js';
import { eventually } from '../support/e2e/eventually.js';
import {
  ask,
  changesOf,
  documentText,
  execute,
  send,
  startAdministered,
  succeed,
} from '../support/http/administration.js';
import { basic, bodyOf } from '../support/http/call.js';
import { readChanges } from '../support/http/change-reader.js';
import { MANAGEMENT_DOCUMENT, RIGHT_PASSWORD } from '../support/http/management.js';
import type { TestService } from '../support/service.js';

const ADMIN = basic('admin', RIGHT_PASSWORD);
const role = (rolename: string): object => ({ command: 'createRole', rolename });

let service: TestService;
beforeEach(async () => {
  service = await startAdministered();
});
afterEach(() => service.close());

/** Each one says which one it follows. */
function expectChain(changes: readonly Change[], first: string, head: string): void {
  expect(changes.map(({ previous }) => previous)).toEqual([
    first,
    ...changes.slice(0, -1).map(({ revision }) => revision),
  ]);
  expect(changes.at(-1)?.revision ?? first).toBe(head);
}

describe('the change log', () => {
  it('has one entry for each request that changes something: who, when, from where, and what', async () => {
    const { head: first } = await changesOf(service);
    const start = Date.now();
    await execute(service, [role('r'), role('admin'), { command: 'listRoles' }], { as: ADMIN });
    await execute(service, [{ command: 'CREATECLIENT', username: 'c', roles: [{ rolename: 'r' }] }]);
    await execute(service, [
      { command: 'createGroup', groupname: 'g' },
      { command: 'addGroupClient', groupname: 'g', username: 'c' },
      { command: 'setAnonymousGroup', groupname: 'g' },
    ]);
    const { changes, head } = await changesOf(service);
    const nothing = { clients: [], groups: [], roles: [], settings: false };
    const entry = { from: '127.0.0.1', revision: expect.any(String), previous: expect.any(String) };
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(changes).toEqual([
      {
        ...entry,
        at,
        via: 'login',
        by: 'admin',
        commands: ['createRole'],
        touched: { ...nothing, roles: ['r'] },
      },
      {
        ...entry,
        at,
        via: 'token',
        by: 'token',
        commands: ['createClient'],
        touched: { ...nothing, clients: ['c'] },
      },
      {
        ...{
          ...entry,
          at,
          via: 'token',
          by: 'token',
          commands: ['createGroup', 'addGroupClient', 'setAnonymousGroup'],
        },
        touched: { ...nothing, clients: ['c'], groups: ['g'], settings: true },
      },
    ]);
    expectChain(changes, first, head);
    for (const change of changes) {
      expect(Date.parse(change.at)).toBeGreaterThanOrEqual(start);
      expect(Date.parse(change.at)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('has an entry for what is deleted, for a command without effect, and for a document', async () => {
    await execute(service, [{ command: 'deleteRole', rolename: 'everything' }]);
    await execute(service, [{ command: 'enableClient', username: 'admin' }]);
    await ask(service, '/document?mode=merge', { body: { roles: [{ rolename: 'merged' }] } });
    await ask(service, '/document', { body: MANAGEMENT_DOCUMENT });
    const { changes } = await changesOf(service);
    expect(changes.map(({ commands, touched }) => [commands, touched.roles])).toEqual([
      [['deleteRole'], ['everything']],
      [['enableClient'], []],
      [['document'], ['merged']],
      [['document'], expect.arrayContaining(['merged', 'everything'])],
    ]);
  });

  it('has an entry for a command that is refused, but disconnects somebody', async () => {
    const refused = { command: 'addGroupClient', groupname: 'none', username: 'device' };
    const { revision, kick } = await execute(service, [refused]);
    expect(kick).toBe('["device"]');
    const { changes, head } = await changesOf(service);
    expect(head).toBe(revision);
    expect(changes).toMatchObject([
      { revision, commands: [], touched: { clients: [], groups: [], roles: [], settings: false } },
    ]);
    await service.restart();
    expect(await changesOf(service)).toEqual({ changes, head });
  });

  it('has none for what changes nothing', async () => {
    const { head } = await changesOf(service);
    await execute(service, []);
    await execute(service, [{ command: 'listClients' }, role('admin')]);
    await execute(service, [role('undone'), role('admin')], { atomic: true });
    await send(service, 'no JSON');
    await send(service, { commands: [role('theirs')] }, { as: null });
    await ask(service, '/document', { body: await documentText(service) });
    await ask(service, '/document?dry-run=true', { body: { roles: [{ rolename: 'tried' }] } });
    await ask(service, '/document', { body: { clients: 5 } });
    expect(await changesOf(service)).toEqual({ changes: [], head });
  });

  it('has an entry for an edit of the file', async () => {
    const { head: first } = await changesOf(service);
    await service.writeDocument({ ...MANAGEMENT_DOCUMENT, clients: [] });
    const { changes, head } = await eventually(
      () => changesOf(service),
      (log) => log.changes.length > 0,
    );
    expect(changes).toMatchObject([{ via: 'file', by: 'file', from: '', commands: ['document'] }]);
    expect(changes[0]?.touched.clients).toContain('admin');
    expectChain(changes, first, head);
  });

  it('gives what came after a revision, in pages', async () => {
    const { head: first } = await changesOf(service);
    for (const i of [1, 2, 3, 4, 5]) await succeed(service, role(`r${String(i)}`));
    const { changes: all, head } = await changesOf(service);
    expectChain(all, first, head);
    expect(await changesOf(service, first)).toEqual({ changes: all, head });
    expect(await changesOf(service, all[2]?.revision)).toEqual({ changes: all.slice(3), head });
    expect(await changesOf(service, head)).toEqual({ changes: [], head });
    const pages: Change[] = [];
    for (let after = first; after !== head; after = pages.at(-1)?.revision ?? '') {
      const page = bodyOf(await ask(service, `/changes?count=2&after=${after}`)) as {
        changes: Change[];
        head: string;
      };
      expect(page.head).toBe(head);
      expect(page.changes.length).toBeLessThanOrEqual(2);
      expect(page.changes).not.toEqual([]);
      pages.push(...page.changes);
    }
    expect(pages).toEqual(all);
    expect(bodyOf(await ask(service, '/changes?count=1'))).toEqual({ changes: all.slice(0, 1), head });
  });

  it.each(['1-00000000', 'x', '', '0', '9'.repeat(200), '\u00fc'])(
    'is gone after a revision that it does not know: %j',
    async (after) => {
      const path = `/changes?after=${encodeURIComponent(after)}`;
      for (const Accept of ['application/json', 'text/event-stream']) {
        const answer = await ask(service, path, { headers: { Accept } });
        expect(answer).toMatchObject({ status: 410, text: expect.stringContaining('"error":"after: ') });
        expect(answer.text.length).toBeLessThan(300);
      }
    },
  );

  it.each(['count=0', 'count=10001', 'count=-1', 'count=x', 'count=1&count=2', 'after=a&after=b'])(
    'is not guessed to be meant with %s',
    async (query) => {
      expect(await ask(service, `/changes?${query}`)).toMatchObject({ status: 400 });
    },
  );

  it("is nobody else's", async () => {
    for (const Accept of ['application/json', 'text/event-stream']) {
      const shown = [null, basic('device', RIGHT_PASSWORD), basic('admin', 'wrong')];
      const answers = await Promise.all(
        shown.map((as) => ask(service, '/changes', { as, headers: { Accept } })),
      );
      expect(answers.map(({ status }) => status)).toEqual([401, 403, 401]);
    }
  });

  it('outlives the service, and goes on where it was', async () => {
    const { head: first } = await changesOf(service);
    await succeed(service, role('before'));
    const before = await changesOf(service);
    await service.restart();
    expect(await changesOf(service)).toEqual(before);
    await succeed(service, role('after'));
    const { changes, head } = await changesOf(service, before.head);
    expect(changes).toMatchObject([{ previous: before.head, touched: { roles: ['after'] } }]);
    await service.restart();
    await service.restart();
    expect(await changesOf(service, first)).toEqual({ changes: [...before.changes, ...changes], head });
  });
});

describe('the change log as a stream', () => {
  it('sends each change once it is made, and those before it that are asked for', async () => {
    await succeed(service, role('1'));
    const { head } = await changesOf(service);
    await succeed(service, role('2'));
    const all = await readChanges(service);
    const some = await readChanges(service, { after: head });
    const none = await readChanges(service, { lastEventId: (await changesOf(service)).head });
    for (const { status, headers } of [all, some, none]) {
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        ...{ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
      });
    }
    await succeed(service, role('3'));
    const { changes } = await changesOf(service);
    expect(await all.until(3)).toEqual(changes);
    expect(await some.until(2)).toEqual(changes.slice(1));
    expect(await none.until(1)).toEqual(changes.slice(2));
    for (const reader of [all, some, none]) reader.close();
  });

  it('goes on where a reader was, and what it was told last counts for more than what it asked for first', async () => {
    const { head: first } = await changesOf(service);
    await succeed(service, role('1'), role('2'));
    const reader = await readChanges(service, { after: first });
    const [last] = await reader.until(1);
    reader.close();
    await service.restart();
    await succeed(service, role('3'));
    const again = await readChanges(service, { after: first, lastEventId: last?.revision ?? '' });
    expect(await again.until(1)).toMatchObject([{ touched: { roles: ['3'] }, previous: last?.revision }]);
    again.close();
  });

  it('keeps the order of what is made at once, and leaves nothing out', async () => {
    const reader = await readChanges(service);
    const names = Array.from({ length: 60 }, (_, i) => `n${String(i)}`);
    await Promise.all(names.map((name) => succeed(service, role(name))));
    const { changes } = await changesOf(service);
    expect(await reader.until(names.length)).toEqual(changes);
    expect(new Set(changes.flatMap(({ touched }) => touched.roles))).toEqual(new Set(names));
    reader.close();
  });

  it.each([
    ['the right', { command: 'removeClientRole', username: 'admin', rolename: 'admin' }],
    ['the role', { command: 'deleteRole', rolename: 'admin' }],
    ['the rule', { command: 'modifyRole', rolename: 'admin', acls: [] }],
    ['the password', { command: 'setClientPassword', username: 'admin', password: 'new' }],
    ['the client', { command: 'deleteClient', username: 'admin' }],
    ['its being enabled', { command: 'disableClient', username: 'admin' }],
    ['its freedom of client id', { command: 'setClientId', username: 'admin', clientid: 'c' }],
  ])('ends for who loses %s, who does not even see that', async (_what, command) => {
    const reader = await readChanges(service, { as: ADMIN });
    const byToken = await readChanges(service);
    await succeed(service, role('seen'));
    await reader.until(1);
    await succeed(service, command);
    await succeed(service, role('unseen'));
    expect(await reader.untilEnded()).toMatchObject([{ touched: { roles: ['seen'] } }]);
    expect(await byToken.until(3)).toHaveLength(3);
    byToken.close();
  });

  it('ends for who loses the right by a document', async () => {
    const reader = await readChanges(service, { as: ADMIN });
    await ask(service, '/document?force=true', { body: { ...MANAGEMENT_DOCUMENT, roles: [] } });
    expect(await reader.untilEnded()).toEqual([]);
  });

  it('ends for who loses the right by an edit of the file', async () => {
    const reader = await readChanges(service, { as: ADMIN });
    await service.writeDocument({ ...MANAGEMENT_DOCUMENT, clients: [] });
    expect(await reader.untilEnded()).toEqual([]);
  });

  it('goes on for who keeps the right, whatever is changed about others', async () => {
    const reader = await readChanges(service, { as: ADMIN });
    await succeed(
      service,
      { command: 'modifyClient', username: 'admin', textname: 'Admin' },
      { command: 'addRoleACL', rolename: 'admin', acltype: 'subscribePattern', topic: 'x' },
      { command: 'setClientPassword', username: 'device', password: 'new' },
    );
    await succeed(service, role('seen'));
    expect(await reader.until(2)).toHaveLength(2);
    reader.close();
  });

  it('ends when the service does, which neither waits for its reader nor cuts it off', async () => {
    const readers = await Promise.all([readChanges(service), readChanges(service, { as: ADMIN })]);
    await succeed(service, role('seen'));
    await Promise.all(readers.map((reader) => reader.until(1)));
    await service.restart();
    for (const reader of readers) {
      expect(await reader.untilEnded()).toHaveLength(1);
      expect(reader.isComplete()).toBe(true);
    }
  });

  it('is nothing but its header to HEAD', async () => {
    const answer = await ask(service, '/changes', {
      method: 'HEAD',
      headers: { Accept: 'text/event-stream' },
    });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
  });

  it.each([
    ['*/*', 'application/json'],
    [undefined, 'application/json'],
    ['text/html', 'application/json'],
    ['text/event-stream;q=0.5, application/json', 'application/json'],
  ])('is not sent to who does not ask for one: %s', async (Accept, type) => {
    const answer = await ask(service, '/changes', { headers: { Accept } });
    expect(answer.headers['content-type']).toContain(type);
  });
});

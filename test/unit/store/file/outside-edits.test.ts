/** Edits of the document from outside, between changes and folds. */
import { copyFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import type { FileStore } from '../../../../src/store/file/file-store.js';
import { eventually } from '../../../support/e2e/eventually.js';
import type { Hearing } from '../../../support/store/file-store.js';
import { AT_ONCE, FileFolder, NEVER } from '../../../support/store/file-store.js';
import { documentOf, send } from '../../../support/store/send.js';

const DOCUMENT = {
  clients: [{ username: 'u', roles: [{ rolename: 'r' }] }],
  groups: [{ groupname: 'g', clients: [{ username: 'u' }] }],
  roles: [{ rolename: 'r' }, { rolename: 's' }],
};

const createClient = (username: string): object => ({ command: 'createClient', username });

describe('an edit from outside', () => {
  let folder: FileFolder;
  beforeEach(async () => {
    folder = await FileFolder.create(DOCUMENT);
  });
  afterEach(() => folder.remove());

  const untilLoaded = (store: FileStore & { hearing: Hearing }, times: number): Promise<number> =>
    eventually(
      () => store.hearing.states.length,
      (length) => length >= times,
    );
  const clientsOf = async (store: FileStore): Promise<readonly string[]> => [
    ...(await store.whole()).configuration.clients.keys(),
  ];
  /** The two files as they are now, as somebody finds them after the process was killed. */
  const killed = async (): Promise<FileFolder> => {
    const copy = await FileFolder.create();
    await copyFile(folder.file, copy.file);
    await copyFile(folder.journal, copy.journal);
    return copy;
  };

  it('is one change of the log, by `file`, that names what it touched and kicks whom it touched', async () => {
    const store = await folder.open();
    const { revision } = store.snapshot();
    await folder.edit({ ...DOCUMENT, roles: [{ rolename: 'r', allowwildcardsubs: false }] });
    await untilLoaded(store, 2);
    const changes = store.changes.after(revision, 10);
    expect(changes).toMatchObject([
      {
        by: 'file',
        from: '',
        previous: revision,
        revision: store.snapshot().revision,
        commands: ['document'],
        touched: { clients: [], groups: [], roles: ['r', 's'], settings: false },
      },
    ]);
    expect(store.changes.kicked(store.snapshot().revision)).toEqual(['u']);
    expect(await readdir(folder.dir)).toEqual(['dynamic-security.json']);
  });

  it('without a journal leads to the revision of its content, there and back', async () => {
    const store = await folder.open();
    const { revision } = store.snapshot();
    const text = await folder.text();
    await folder.edit({ ...DOCUMENT, groups: [] });
    await untilLoaded(store, 2);
    expect(store.snapshot().revision).toMatch(/^0-/);
    expect(store.snapshot().revision).not.toBe(revision);
    await folder.edit(text);
    await untilLoaded(store, 3);
    expect(store.snapshot().revision).toBe(revision);
    expect(store.changes.after(revision, 10)).toEqual([]);
    expect(store.changes.after(undefined, 10)).toHaveLength(2);
    await send(store, createClient('v'));
    await store.close();
    const again = await folder.open();
    expect(again.changes.after(undefined, 10)).toHaveLength(3);
  });

  it('is the new base of changes that the document does not have yet', async () => {
    const store = await folder.open();
    await send(store, createClient('v'), { command: 'deleteRole', rolename: 's' });
    await send(store, { command: 'addClientRole', username: 'v', rolename: 'r' });
    await folder.edit({ ...DOCUMENT, clients: [...DOCUMENT.clients, { username: 'edited' }] });
    await untilLoaded(store, 2);
    expect(await clientsOf(store)).toEqual(['edited', 'u', 'v']);
    expect([...(await store.whole()).configuration.roles.keys()]).toEqual(['r']);
    expect(store.snapshot().client('v')?.roles).toHaveLength(1);
    expect(store.hearing.warnings).toEqual([expect.stringContaining('did not have the last 2 changes')]);
    const changes = store.changes.after(undefined, 10) ?? [];
    expect(changes.map(({ by }) => by)).toEqual(['admin', 'admin', 'file']);
    expect(changes[2]?.touched).toEqual({ clients: ['edited'], groups: [], roles: [], settings: false });

    const copy = await killed();
    const again = await copy.open();
    expect(await again.whole()).toEqual(await store.whole());
    expect(again.changes.after(undefined, 10)).toEqual(changes);
    await copy.remove();

    await store.close();
    expect(await folder.document()).toEqual(await documentOf(store));
  });

  it('while nobody looked is the new base as well, and a change of which nobody knows what it touched', async () => {
    const store = await folder.open();
    const { revision } = await send(store, createClient('v'));
    const copy = await killed();
    await copy.edit({ ...DOCUMENT, clients: [{ username: 'edited' }] });
    const again = await copy.open();
    expect(await clientsOf(again)).toEqual(['edited', 'v']);
    expect(again.hearing.warnings).toEqual([expect.stringContaining('did not have the last 1 changes')]);
    expect(again.changes.after(revision, 10)).toMatchObject([
      { by: 'file', previous: revision, touched: { clients: [], groups: [], roles: [] } },
    ]);
    const state = { whole: await again.whole(), changes: again.changes.after(undefined, 10) };
    await again.close();
    const third = await copy.open();
    expect({ whole: await third.whole(), changes: third.changes.after(undefined, 10) }).toEqual(state);
    expect(third.hearing.warnings).toEqual([]);
    await copy.remove();
  });

  it('of a document that has every change is left as it stands', async () => {
    const store = await folder.open();
    await send(store, createClient('v'));
    await store.close();
    const again = await folder.open(AT_ONCE);
    const { revision } = again.snapshot();
    const text = JSON.stringify({ ...DOCUMENT, roles: [] });
    await folder.edit(text);
    await untilLoaded(again, 2);
    expect(again.snapshot().revision).not.toBe(revision);
    await again.close();
    expect(await folder.text()).toBe(text);
    const third = await folder.open();
    expect(third.snapshot().revision).toBe(again.snapshot().revision);
    expect(third.changes.after(undefined, 10)).toEqual(again.changes.after(undefined, 10));
  });

  it('that says the same in other words is no change, then or after a restart', async () => {
    const store = await folder.open();
    await send(store, createClient('v'));
    await store.close();
    const again = await folder.open();
    const { revision } = again.snapshot();
    await folder.edit(JSON.stringify(await folder.document()));
    await untilLoaded(again, 2);
    expect(again.snapshot().revision).toBe(revision);
    await utimes(folder.file, new Date(), new Date());
    await again.close();
    const third = await folder.open();
    expect(third.snapshot().revision).toBe(revision);
    expect(third.changes.after(undefined, 10)).toHaveLength(1);
  });

  it('leaves names that stay their incarnations, and revives nothing', async () => {
    const first = await folder.open();
    await send(
      first,
      { command: 'deleteRole', rolename: 'r' },
      { command: 'createRole', rolename: 'r' },
      { command: 'addGroupRole', groupname: 'g', rolename: 'r' },
    );
    await first.close();
    const store = await folder.open();
    const incarnation = (await store.whole()).configuration.roles.get('r')?.incarnation;
    await folder.edit({ ...(await folder.document()), changeIndex: 100 });
    await untilLoaded(store, 2);
    const { roles, groups, clients } = (await store.whole()).configuration;
    expect(roles.get('r')?.incarnation).toBe(incarnation);
    expect(groups.get('g')?.roles).toMatchObject([{ rolename: 'r', incarnation }]);
    expect(clients.get('u')?.roles).toEqual([]);
  });

  it('that takes away what later changes refer to leaves no void reference behind', async () => {
    const store = await folder.open();
    await send(
      store,
      { command: 'createClient', username: 'v', roles: [{ rolename: 's' }], groups: [{ groupname: 'g' }] },
      { command: 'setAnonymousGroup', groupname: 'g' },
    );
    await folder.edit({ ...DOCUMENT, groups: [], roles: [{ rolename: 'r' }] });
    await untilLoaded(store, 2);
    expect((await store.whole()).configuration.clients.get('v')).toMatchObject({ roles: [], groups: [] });
    expect((await store.whole()).configuration.anonymousGroup).toBeUndefined();
    await folder.edit(DOCUMENT);
    await untilLoaded(store, 3);
    expect(store.snapshot().client('v')).toMatchObject({
      roles: [{ rolename: 's' }],
      groups: [{ groupname: 'g' }],
    });
  });

  it('that is broken is refused and not written over, and changes go on', async () => {
    const store = await folder.open(AT_ONCE);
    const broken = '{"clients": [';
    await folder.edit(broken);
    await eventually(
      () => store.hearing.problems.length,
      (length) => length > 0,
    );
    await send(store, createClient('v'));
    expect(store.health().policy).toMatchObject({
      state: 'stale',
      problem: expect.stringContaining('line 1'),
    });
    const copy = await killed();
    await expect(copy.open()).rejects.toThrow('line 1');
    await copy.remove();
    expect(await folder.text()).toBe(broken);
    await folder.edit({ ...DOCUMENT, clients: [{ username: 'mended' }] });
    await untilLoaded(store, 2);
    expect(await clientsOf(store)).toEqual(['mended', 'v']);
    await eventually(
      () => folder.document(),
      ({ clients }) => (clients as object[]).length === 2,
    );
  });

  it('that is broken is left as it is by the end of the process', async () => {
    const store = await folder.open();
    await send(store, createClient('v'));
    await folder.edit('[]');
    await store.close();
    expect(await folder.text()).toBe('[]');
    await folder.edit(DOCUMENT);
    const again = await folder.open();
    expect(await clientsOf(again)).toEqual(['u', 'v']);
  });

  it('that takes the document away is refused, and nothing is put in its place', async () => {
    const store = await folder.open(AT_ONCE);
    await rm(folder.file);
    await eventually(
      () => store.hearing.problems.length,
      (length) => length > 0,
    );
    await send(store, createClient('v'));
    await store.close();
    expect(await readdir(folder.dir)).toEqual(['dynamic-security.json.journal']);
  });

  it('while it is folded is never overwritten unread', async () => {
    // Large enough that a fold takes a while.
    const clients = Array.from({ length: 3_000 }, (_, i) => ({
      username: `c-${String(i).padStart(4, '0')}`,
    }));
    await folder.edit({ ...DOCUMENT, clients });
    const store = await folder.open(AT_ONCE);
    const expected = new Set(clients.map(({ username }) => username));
    for (let i = 0; i < 12; i++) {
      await send(store, createClient(`command-${i}`));
      expected.add(`command-${i}`);
      const now = await documentOf(store);
      const edited = [...(now['clients'] as object[]), { username: `edit-${i}` }];
      await writeFile(folder.file, JSON.stringify({ ...now, clients: edited }));
      expected.add(`edit-${i}`);
      await eventually(
        () => store.snapshot().client(`edit-${i}`),
        (client) => client !== undefined,
      );
    }
    expect(new Set(await clientsOf(store))).toEqual(expected);
    await store.close();
    expect(await folder.document()).toEqual(await documentOf(store));
  });

  it('and another one are taken over in their order', async () => {
    const store = await folder.open(NEVER);
    await send(store, createClient('v'));
    for (const [i, username] of ['one', 'two', 'three'].entries()) {
      await folder.edit({ ...DOCUMENT, clients: [{ username }] });
      await untilLoaded(store, i + 2);
      expect(await clientsOf(store)).toEqual([username, 'v']);
      const copy = await killed();
      const again = await copy.open();
      expect(await again.whole()).toEqual(await store.whole());
      expect(again.changes.after(undefined, 10)).toHaveLength(i + 2);
      await copy.remove();
    }
  });
});

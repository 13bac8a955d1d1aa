/** The file store and its two files, as long as one process has them for itself. */
import { chmod, lstat, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../../support/e2e/eventually.js';
import { AT_ONCE, FileFolder, NEVER } from '../../../support/store/file-store.js';
import { documentOf, HASHED, SECRET, send } from '../../../support/store/send.js';

const createRole = (rolename: string): object => ({ command: 'createRole', rolename });

const DOCUMENT = {
  clients: [{ username: 'u', textName: 'U', Colour: 'red', roles: [{ rolename: 'r', priority: 2 }] }],
  groups: [{ groupname: 'g', clients: [{ username: 'u' }], icon: [1, { deep: null }] }],
  roles: [{ rolename: 'r', owner: 'ops' }],
  $schema: 'https://example.org/schema',
};

describe('a file store', () => {
  let folder: FileFolder;
  beforeEach(async () => {
    folder = await FileFolder.create(DOCUMENT);
  });
  afterEach(() => folder.remove());

  const untilFolded = (): Promise<string> =>
    eventually(
      () => folder.journalText(),
      (text) => !text.includes('"writes"'),
    );

  it('writes nothing before the first change', async () => {
    const before = await folder.text();
    const store = await folder.open(AT_ONCE);
    await store.commit({ via: 'login', by: 'admin', from: '' }, (draft) => ({
      result: draft.client('u'),
      commands: [],
    }));
    await store.close();
    expect(await folder.text()).toBe(before);
    expect(await readdir(folder.dir)).toEqual(['dynamic-security.json']);
  });

  it('is at revision 0 of its content as long as there is no journal', async () => {
    const [first, second] = [await folder.open(), await folder.open()];
    expect(first.snapshot().revision).toMatch(/^0-[0-9a-f]{8}$/);
    expect(second.snapshot().revision).toBe(first.snapshot().revision);
    const { revision } = await send(first, createRole('s'));
    expect(revision).toMatch(/^1-[0-9a-f]{8}$/);
  });

  it('has a change in its journal, for nobody else to read, before it answers', async () => {
    const store = await folder.open();
    const before = await folder.text();
    await send(store, { command: 'createClient', username: 'v', password: SECRET });
    const text = await folder.journalText();
    expect(text).toContain('"username":"v"');
    expect(text).toContain(HASHED);
    expect(text).not.toContain(SECRET);
    expect((await stat(folder.journal)).mode & 0o777).toBe(0o600);
    expect(await folder.text()).toBe(before);
  });

  it('folds changes into the document, with all that nobody knows, and keeps who may read it', async () => {
    await chmod(folder.file, 0o640);
    const store = await folder.open(AT_ONCE);
    await send(
      store,
      { command: 'modifyClient', username: 'u', textdescription: 'changed' },
      { command: 'createClient', username: 'v', groups: [{ groupname: 'g', priority: 5 }] },
    );
    await untilFolded();
    expect(await folder.text()).toBe(`${JSON.stringify(await documentOf(store), null, '\t')}\n`);
    expect(await folder.document()).toEqual({
      changeIndex: 2,
      defaultACLAccess: {
        publishClientSend: false,
        publishClientReceive: false,
        subscribe: false,
        unsubscribe: false,
      },
      clients: [
        {
          username: 'u',
          textname: 'U',
          textdescription: 'changed',
          roles: [{ rolename: 'r', priority: 2 }],
          Colour: 'red',
        },
        { username: 'v', roles: [] },
      ],
      groups: [
        {
          groupname: 'g',
          roles: [],
          clients: [{ username: 'u' }, { username: 'v', priority: 5 }],
          icon: [1, { deep: null }],
        },
      ],
      roles: [{ rolename: 'r', allowwildcardsubs: true, acls: [], owner: 'ops' }],
      $schema: 'https://example.org/schema',
    });
    expect((await stat(folder.file)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder.dir)).sort()).toEqual([
      'dynamic-security.json',
      'dynamic-security.json.journal',
    ]);
  });

  it('keeps what nobody knows through changes, folds and restarts', async () => {
    for (let i = 0; i < 3; i++) {
      const store = await folder.open(i % 2 === 0 ? NEVER : AT_ONCE);
      await send(
        store,
        { command: 'disableClient', username: 'u' },
        { command: 'setAnonymousGroup', groupname: 'g' },
      );
      await store.close();
    }
    expect(await folder.document()).toMatchObject({
      changeIndex: 6,
      clients: [{ Colour: 'red' }],
      groups: [{ icon: [1, { deep: null }] }],
      roles: [{ owner: 'ops' }],
      $schema: 'https://example.org/schema',
    });
  });

  it('folds at the end what was not folded, and leaves a document as it is that has everything', async () => {
    const store = await folder.open();
    await send(store, createRole('s'));
    await store.close();
    await store.close();
    const { ino } = await stat(folder.file);
    expect(await folder.document()).toMatchObject({ roles: [{ rolename: 'r' }, { rolename: 's' }] });
    const again = await folder.open(AT_ONCE);
    expect(again.hearing.warnings).toEqual([]);
    await again.close();
    expect((await stat(folder.file)).ino).toBe(ino);
  });

  it('folds while changes go on, and loses none of them', async () => {
    const store = await folder.open(AT_ONCE);
    for (let i = 0; i < 300; i++) await send(store, createRole(`role-${i}`));
    const state = await documentOf(store);
    expect(store.hearing.warnings).toEqual([]);
    await untilFolded();
    expect(await folder.document()).toEqual(state);
    await store.close();
    const again = await folder.open();
    expect(again.changes.after(undefined, Infinity)).toEqual(store.changes.after(undefined, Infinity));
    expect(again.changes.after(undefined, Infinity)).toHaveLength(300);
  });

  it('refuses changes once it is closed', async () => {
    const store = await folder.open();
    await store.close();
    await expect(send(store, createRole('s'))).rejects.toThrow('the store is closed');
    expect(store.snapshot().policy.roles.has('s')).toBe(false);
  });

  it('knows incarnations after a restart, also of groups and roles that are in the document alone', async () => {
    const store = await folder.open();
    await send(store, { command: 'deleteRole', rolename: 'r' }, createRole('r'));
    await send(store, { command: 'addClientRole', username: 'u', rolename: 'r' });
    const incarnation = store.snapshot().policy.roles.get('r')?.role.incarnation;
    await store.close();
    const again = await folder.open();
    expect(incarnation).not.toBe('');
    expect(again.snapshot().policy.roles.get('r')?.role.incarnation).toBe(incarnation);
    expect(again.snapshot().client('u')?.roles).toEqual([{ rolename: 'r', incarnation, priority: -1 }]);
  });

  it('leaves a symbolic link one, and writes what it leads to', async () => {
    const real = join(folder.dir, 'real.json');
    await rename(folder.file, real);
    await symlink('real.json', folder.file);
    const store = await folder.open();
    await send(store, createRole('s'));
    await store.close();
    expect((await lstat(folder.file)).isSymbolicLink()).toBe(true);
    expect((await lstat(real)).isFile()).toBe(true);
    expect(await folder.document()).toMatchObject({ roles: [{}, { rolename: 's' }] });
  });

  it('removes what killed processes have left behind, and nothing else', async () => {
    const left = ['.dynamic-security.json.0123abcd.new', '.dynamic-security.json.journal.4567cdef.new'];
    const others = ['.dynamic-security.json.mine.new', '.other.json.0123abcd.new'];
    for (const name of [...left, ...others]) await writeFile(join(folder.dir, name), '');
    const store = await folder.open();
    await send(store, createRole('s'));
    await store.close();
    const names = await readdir(folder.dir);
    expect(names.filter((name) => left.includes(name))).toEqual([]);
    expect(names.filter((name) => others.includes(name))).toEqual(others);
  });

  it('begins anew without its journal', async () => {
    const store = await folder.open();
    const { revision } = await send(store, createRole('s'));
    await store.close();
    await rm(folder.journal);
    const again = await folder.open();
    expect(again.snapshot().revision).toMatch(/^0-/);
    expect(again.changes.after(revision, 10)).toBeUndefined();
    expect(await documentOf(again)).toEqual(await documentOf(store));
  });
});

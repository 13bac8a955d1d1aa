/** No room, and no right to write. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../../src/gate/errors.js';
import { loadRealm } from '../../src/store/file/load-realm.js';
import { eventually } from '../support/e2e/eventually.js';
import { AT_ONCE, FileFolder, NEVER } from '../support/store/file-store.js';
import { send } from '../support/store/send.js';
import { runStoreProcess } from '../support/store/store-process.js';

/** Mounts a file system of that size; undefined where this user may not. */
function mount(size: string): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return undefined;
  }
}

function unmount(dir: string): void {
  execFileSync('umount', [dir], { stdio: 'ignore' });
  rmSync(dir, { recursive: true });
}

/** Lets a file be added to and nothing else, or everything again. @returns whether that can be had here. */
function appendOnly(path: string, flag: '+a' | '-a'): boolean {
  try {
    execFileSync('chattr', [flag, path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function canAppendOnly(dir: string): boolean {
  const path = join(dir, 'probe');
  writeFileSync(path, '');
  return appendOnly(path, '+a') && appendOnly(path, '-a');
}

const probe = mount('64k');
const ifMountable = probe === undefined ? it.skip : it;
const ifAppendOnly = probe !== undefined && canAppendOnly(probe) ? it : it.skip;
if (probe !== undefined) unmount(probe);
const ifRoot = process.getuid?.() === 0 ? it : it.skip;

const large = (n: number): object => ({ command: 'createRole', rolename: `${'large-'.repeat(1_000)}${n}` });
const small = (rolename: string): object => ({ command: 'createRole', rolename });

describe('a disk that is full (a real one: needs the right to mount)', () => {
  let disk: string;
  let folder: FileFolder;
  beforeEach(async () => {
    disk = mount('256k') ?? '';
    folder = await FileFolder.create(undefined, disk === '' ? tmpdir() : disk);
  });
  afterEach(async () => {
    await folder.remove();
    if (disk !== '') unmount(disk);
  });

  ifMountable('makes a change fail whole, and the next one goes on when there is room', async () => {
    const filler = join(disk, 'filler');
    const store = await folder.open({ ...NEVER, retryMs: 1 });
    await send(store, small('first'));
    await writeFile(filler, Buffer.alloc(180 * 1024));
    let n = 0;
    const heard: string[] = [];
    store.changes.subscribe(({ revision }) => heard.push(revision));
    const fill = async (): Promise<never> => {
      for (;;) {
        await send(store, large(n));
        n++;
      }
    };
    const failure = await fill().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect((failure as Error).message).toMatch(/ENOSPC/);
    expect(n).toBeGreaterThan(1);
    expect(store.snapshot().policy.roles.size).toBe(n + 1);
    expect(heard).toHaveLength(n);
    // Nothing of it is on the disk either, and what is there is whole.
    const read = await loadRealm(folder.file, folder.journal);
    expect(read.revision).toBe(store.snapshot().revision);
    expect(read.configuration).toEqual((await store.whole()).configuration);
    expect(read.found?.file.size).toBe(read.found?.goodBytes);
    // It stays like that, and decisions go on.
    await expect(send(store, large(n))).rejects.toThrow('ENOSPC');
    expect(store.health().ready).toBe(true);

    await rm(filler);
    const { revision } = await send(store, large(n));
    expect((await loadRealm(folder.file, folder.journal)).revision).toBe(revision);
  });

  // What was written of the failed change cannot be taken away, for the file lets nothing be taken away.
  ifAppendOnly(
    'and half a change that cannot be undone keep every other one out, and out of sight',
    async () => {
      const store = await folder.open();
      const { revision } = await send(store, small('first'));
      const before = await store.whole();
      await writeFile(join(disk, 'filler'), Buffer.alloc(256 * 1024)).catch(() => undefined);
      appendOnly(folder.journal, '+a');
      try {
        await expect(send(store, large(1))).rejects.toThrow('ENOSPC');
        await rm(join(disk, 'filler'));
        const { size } = await stat(folder.journal);
        await expect(send(store, small('second'))).rejects.toThrow('EPERM');
        expect((await stat(folder.journal)).size).toBe(size);
        expect((await loadRealm(folder.file, folder.journal)).found?.goodBytes).toBeLessThan(size);
        // An edit is taken over all the same, and brings nothing of it in.
        await folder.edit({ clients: [{ username: 'edited' }], groups: [], roles: [] });
        await eventually(
          () => store.snapshot().client('edited'),
          (client) => client !== undefined,
        );
        expect([...(await store.whole()).configuration.roles]).toEqual([...before.configuration.roles]);
      } finally {
        appendOnly(folder.journal, '-a');
      }
      await send(store, small('second'));
      const read = await loadRealm(folder.file, folder.journal);
      expect(read.configuration).toEqual((await store.whole()).configuration);
      expect(read.changes.map(({ previous, by }) => [previous, by]).slice(1)).toEqual([
        [revision, 'file'],
        [read.changes[1]?.revision, 'admin'],
      ]);
    },
  );

  ifMountable('leaves changes in the journal that cannot be folded, until they can be', async () => {
    const filler = join(disk, 'filler');
    const first = await folder.open();
    for (let n = 0; n < 3; n++) await send(first, large(n));
    await writeFile(filler, Buffer.alloc(256 * 1024)).catch(() => undefined);
    await first.close();
    const failed = expect.stringMatching(/^changes stay in the journal for now: .*ENOSPC/);
    expect(first.hearing.warnings).toEqual([failed]);

    const store = await folder.open(AT_ONCE);
    expect((await store.whole()).configuration.roles.size).toBe(3);
    await eventually(
      () => store.hearing.warnings,
      (warnings) => warnings.length > 0,
    );
    await rm(filler);
    await eventually(
      () => folder.document(),
      ({ roles }) => (roles as object[]).length === 3,
    );
    expect(store.hearing.warnings).toEqual([failed]);
    await store.close();
    expect((await readdir(folder.dir)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  ifMountable('is no reason not to serve', async () => {
    await writeFile(join(disk, 'filler'), Buffer.alloc(1024 * 1024)).catch(() => undefined);
    const store = await folder.open();
    await expect(send(store, small('first'))).rejects.toThrow('ENOSPC');
    await store.close();
    const again = await folder.open();
    expect((await again.whole()).configuration.roles.size).toBe(0);
    expect(again.hearing.warnings).toEqual([]);
  });
});

describe('a file that may not grow (a limit of the process: no rights needed)', () => {
  let folder: FileFolder;
  beforeEach(async () => {
    folder = await FileFolder.create();
  });
  afterEach(() => folder.remove());

  it('makes a change fail whole, in the middle of its line, and a smaller one is done after it', async () => {
    // In blocks of 1024 bytes. Node ignores the signal that comes with it.
    const through = ['bash', '-c', 'ulimit -f 64; exec "$@"', 'bash'];
    const { lines, code, errors } = await runStoreProcess([folder.file, 'fill'], { through });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [failed, next, end] = lines;
    expect(failed).toMatchObject({ name: 'StoreError', error: expect.stringContaining('EFBIG') });
    const clients = Number(failed?.clients);
    expect(clients).toBeGreaterThan(1);
    expect(next).toEqual({ revision: expect.any(String) });
    expect(end).toEqual({ clients: clients + 1, revision: next?.revision });
    const read = await loadRealm(folder.file, folder.journal);
    expect(read.configuration.clients.size).toBe(clients + 1);
    expect(read.revision).toBe(next?.revision);
  });
});

describe('a folder that may not be written', () => {
  let folder: FileFolder;
  beforeEach(async () => {
    folder = await FileFolder.create({ clients: [{ username: 'u' }], groups: [], roles: [] });
  });
  afterEach(async () => {
    await chmod(folder.dir, 0o700);
    await folder.remove();
  });

  // As root, who may write everywhere, the process becomes nobody.
  it('is served, and every change fails', async () => {
    await chmod(folder.dir, 0o555);
    const nobody = process.getuid?.() === 0 ? ['65534'] : [];
    if (nobody.length > 0) await chmod(folder.file, 0o644);
    const { lines, code, errors } = await runStoreProcess([folder.file, 'commit', ...nobody]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [failed, after] = lines;
    expect(failed).toMatchObject({
      before: expect.stringMatching(/^0-/),
      name: 'StoreError',
      error: expect.stringMatching(/could not be written down: EACCES/),
    });
    expect(after).toEqual({ after: failed?.before, clients: 1, health: true });
    expect(await readdir(folder.dir)).toEqual(['dynamic-security.json']);
  });

  ifRoot('whose file belongs to somebody else keeps its owner (needs root)', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'gatehouse-owner-'));
    const owned = await FileFolder.create(undefined, parent);
    execFileSync('chown', ['65534:65534', owned.file]);
    const store = await owned.open();
    await send(store, small('first'));
    await store.close();
    expect(await stat(owned.file)).toMatchObject({ uid: 65534, gid: 65534 });
    expect(await owned.document()).toMatchObject({ roles: [{ rolename: 'first' }] });
    await rm(parent, { recursive: true });
  });
});

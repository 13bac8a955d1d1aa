/** A journal that is not as it should be. */
import { appendFile, copyFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { encodeLine } from '../../../../src/store/file/journal-line.js';
import { DocumentError } from '../../../../src/store/file/errors.js';
import { loadRealm } from '../../../../src/store/file/load-realm.js';
import { readJournal } from '../../../../src/store/file/read-journal.js';
import { FileFolder } from '../../../support/store/file-store.js';
import { documentOf, send } from '../../../support/store/send.js';

const createRole = (rolename: string): object => ({ command: 'createRole', rolename });

function lineOf(value: unknown): string {
  return encodeLine([JSON.stringify(value)]);
}

describe('a journal', () => {
  let folder: FileFolder;
  /** After three changes that the document does not have. */
  let journal: Buffer;
  beforeEach(async () => {
    const source = await FileFolder.create();
    const store = await source.open();
    for (const name of ['one', 'two', 'three']) await send(store, createRole(name));
    folder = await FileFolder.create();
    journal = await readFile(source.journal);
    await copyFile(source.file, folder.file);
    await copyFile(source.journal, folder.journal);
    await source.remove();
  });
  afterEach(() => folder.remove());

  const lines = (): readonly string[] => journal.toString('utf8').split('\n').slice(0, -1);
  const write = (...texts: readonly string[]): Promise<void> => writeFile(folder.journal, texts.join(''));
  const endOf = async (): Promise<unknown> => {
    const found = await readJournal(folder.journal);
    return { changes: found?.journal?.lines.length, goodBytes: found?.goodBytes };
  };
  const rolesIn = async (): Promise<readonly string[]> => {
    const { configuration } = await loadRealm(folder.file, folder.journal);
    return [...configuration.roles.keys()];
  };

  it('is read as it was written', async () => {
    expect(lines()).toHaveLength(4);
    expect(await rolesIn()).toEqual(['one', 'three', 'two']);
  });

  it('ends before a last line that is cut anywhere, and goes on from there', async () => {
    const last = Buffer.byteLength(`${lines().at(-1) ?? ''}\n`);
    for (let cut = 1; cut < last; cut++) {
      await writeFile(folder.journal, journal.subarray(0, journal.length - cut));
      expect(await endOf()).toEqual({ changes: 2, goodBytes: journal.length - last });
    }
    await truncate(folder.journal, journal.length - 5);
    const store = await folder.open();
    expect(store.hearing.warnings).toEqual([expect.stringContaining(`${last - 5} bytes`)]);
    await send(store, createRole('four'));
    const again = await loadRealm(folder.file, folder.journal);
    expect([...again.configuration.roles.keys()]).toEqual(['four', 'one', 'two']);
    expect(again.changes.map(({ touched }) => touched.roles[0])).toEqual(['one', 'two', 'four']);
  });

  it('ends before a last line any byte of which was never written', async () => {
    const last = Buffer.byteLength(`${lines().at(-1) ?? ''}\n`);
    for (let at = journal.length - last; at < journal.length; at++) {
      // From there on, and there alone.
      for (const end of [journal.length, at + 1]) {
        await writeFile(folder.journal, Buffer.from(journal).fill(0, at, end));
        expect(await endOf()).toEqual({ changes: 2, goodBytes: journal.length - last });
      }
    }
  });

  it('whose header was never finished is none', async () => {
    const header = Buffer.byteLength(lines()[0] ?? '');
    for (const length of [0, 1, 17, header]) {
      await writeFile(folder.journal, journal.subarray(0, length));
      expect(await rolesIn()).toEqual([]);
    }
    const store = await folder.open();
    await send(store, createRole('first'));
    expect(await rolesIn()).toEqual(['first']);
  });

  it.each([1, 2, 3])('is refused where its line %i is damaged, with what to do about it', async (line) => {
    const damaged = lines().map((text, i) => (i === line - 1 ? text.replace('"', "'") : text));
    await write(...damaged.map((text) => `${text}\n`));
    const opened = folder.open();
    await expect(opened).rejects.toThrow(DocumentError);
    await expect(opened).rejects.toThrow(
      `${folder.journal}: line ${line}: is not as it was written; restore the file from a backup, or move it away`,
    );
    expect((await readFile(folder.journal)).length).toBe(journal.length);
  });

  it('is refused where a line is missing or stands in another place', async () => {
    const [header = '', one = '', two = '', three = ''] = lines().map((text) => `${text}\n`);
    for (const texts of [
      [header, two, three],
      [header, one, three],
      [header, two, one, three],
    ]) {
      await write(...texts);
      await expect(rolesIn()).rejects.toThrow(
        /line [23]: names the revision `\d-[0-9a-f]{8}`, which is not there/,
      );
    }
    await write(one, two, three);
    await expect(rolesIn()).rejects.toThrow('line 1: /journal must be a string');
  });

  it('of another format is not touched', async () => {
    const header = JSON.parse((lines()[0] ?? '').slice(17)) as object;
    await write(lineOf({ ...header, format: 2 }));
    await expect(folder.open()).rejects.toThrow('line 1: the journal has format `2`, not `1`');
    await write(lineOf({ ...header, journal: 'other' }));
    await expect(folder.open()).rejects.toThrow('line 1: the journal is not of gatehouse');
  });

  it('is refused where a line holds what nobody writes', async () => {
    for (const [line, problem] of [
      [{ writes: { clients: [['u', { username: 5 }]] } }, '/username must be a string'],
      [{ writes: { clients: [5] } }, '/writes must hold pairs'],
      [{ writes: { roles: {} } }, '/writes/roles must be a list'],
      [{ change: { by: 'x' } }, '/change/touched must be an object'],
      [{ contained: { document: 1 } }, '/contained/document must be a string'],
      [[], 'the record must be an object'],
    ] as const) {
      await write(`${lines()[0] ?? ''}\n`, lineOf(line));
      await expect(rolesIn()).rejects.toThrow(`line 2: ${problem}`);
    }
  });

  it('with lines that two processes have written at once has both of them', async () => {
    const [header = '', one = '', two = ''] = lines().map((text) => `${text}\n`);
    const change = JSON.parse(one.slice(17)) as { change: { revision: string } };
    const fork = { ...change, change: { ...change.change, revision: '1-other' }, writes: {} };
    await write(header, one, lineOf(fork), two);
    expect(await rolesIn()).toEqual(['one', 'two']);
  });

  it('that cannot be read is refused', async () => {
    await rm(folder.journal);
    await mkdir(folder.journal);
    await expect(folder.open()).rejects.toThrow(`${folder.journal}: EISDIR`);
    await rm(folder.journal, { recursive: true });
  });

  it('may hold names of any kind', async () => {
    const store = await folder.open();
    const names = ['__proto__', 'constructor', 'é', '\u{1F600}', '\u2028', '"', '\\'];
    await send(store, ...names.map((username) => ({ command: 'createClient', username })));
    const loaded = await loadRealm(folder.file, folder.journal);
    expect(loaded.configuration).toEqual((await store.whole()).configuration);
    await store.close();
    expect(await folder.document()).toEqual(JSON.parse(JSON.stringify(await documentOf(store))));
  });

  it('with something behind it that is no line is refused, once there is a line after that', async () => {
    await appendFile(folder.journal, 'x');
    expect(await rolesIn()).toEqual(['one', 'three', 'two']);
    await appendFile(folder.journal, '\n');
    expect(await rolesIn()).toEqual(['one', 'three', 'two']);
    await appendFile(folder.journal, lines()[3] ?? '');
    await appendFile(folder.journal, '\n');
    await expect(rolesIn()).rejects.toThrow('line 5: is not as it was written');
  });
});

/** Every state in which a process that folds can leave the two files: each of them says the same. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { encodeJournalLine } from '../../../../src/store/file/journal-format.js';
import { encodeLine } from '../../../../src/store/file/journal-line.js';
import { sha256 } from '../../../../src/store/file/sha256.js';
import { stateOf } from '../../../contract/realm-store-contract.js';
import { FileFolder } from '../../../support/store/file-store.js';
import { send } from '../../../support/store/send.js';

const DOCUMENT = {
  clients: [{ username: 'u', roles: [{ rolename: 'r' }] }],
  groups: [{ groupname: 'g', clients: [] }],
  roles: [{ rolename: 'r' }],
};

/** Would not end the same if they were done twice as commands, or if a name were taken for another of that name. */
const FIRST: readonly object[] = [
  { command: 'deleteRole', rolename: 'r' },
  { command: 'createRole', rolename: 'r' },
  { command: 'addGroupRole', groupname: 'g', rolename: 'r' },
  { command: 'createClient', username: 'v', groups: [{ groupname: 'g' }] },
  { command: 'createClient', username: 'gone' },
];
const SECOND: readonly object[] = [
  { command: 'deleteClient', username: 'gone' },
  { command: 'createClient', username: 'late', roles: [{ rolename: 'r' }] },
  { command: 'removeGroupClient', groupname: 'g', username: 'v' },
  { command: 'deleteGroup', groupname: 'g' },
  { command: 'createGroup', groupname: 'g' },
];

/** What a copy of the two files is made of. */
interface Files {
  readonly document: Buffer;
  readonly journal: Buffer;
}

describe('a process that is killed while it folds', () => {
  let folder: FileFolder;
  let copies: FileFolder[];
  beforeEach(async () => {
    copies = [];
    folder = await FileFolder.create(DOCUMENT);
  });
  afterEach(async () => {
    for (const each of [folder, ...copies]) await each.remove();
  });

  const read = async (): Promise<Files> => ({
    document: await readFile(folder.file),
    journal: await readFile(folder.journal),
  });

  const open = async ({ document, journal }: Files) => {
    const copy = await FileFolder.create();
    copies.push(copy);
    await writeFile(copy.file, document);
    await writeFile(copy.journal, journal);
    return copy.open();
  };

  /** The line by which the journal names the document that is about to be put in place. */
  const marker = ({ document }: Files, revision: string): Buffer =>
    Buffer.from(encodeLine(encodeJournalLine({ contained: { document: sha256(document), revision } })));

  it('has lost nothing and does nothing twice, wherever it was', async () => {
    const store = await folder.open();
    await send(store, ...FIRST);
    const { revision } = await send(store, { command: 'modifyClient', username: 'v', textname: 'V' });
    const unfolded = await read();
    const state = await stateOf(store);
    await store.close();
    const folded = await read();
    expect(folded.document).not.toEqual(unfolded.document);

    const announced = Buffer.concat([unfolded.journal, marker(folded, revision)]);
    for (const files of [
      unfolded,
      // The new document is named, and is not there.
      { ...unfolded, journal: announced },
      // It is there, and the journal is the old one.
      { document: folded.document, journal: announced },
      folded,
    ]) {
      const again = await open(files);
      expect(await stateOf(again)).toEqual(state);
      expect(again.hearing.warnings).toEqual([]);
      await again.close();
      expect(await stateOf(again)).toEqual(state);
    }
  });

  it('and could not replace the journal, or goes on with another fold, has lost nothing either', async () => {
    const store = await folder.open();
    const { revision } = await send(store, ...FIRST);
    const unfolded = await read();
    const copy = await FileFolder.create();
    copies.push(copy);
    await copyFile(folder.file, copy.file);
    await copyFile(folder.journal, copy.journal);
    await store.close();
    const folded = await read();
    const announced = Buffer.concat([unfolded.journal, marker(folded, revision)]);

    // A process that found the old journal beside the new document goes on with both.
    const survivor = await open({ document: folded.document, journal: announced });
    const { revision: next } = await send(survivor, ...SECOND);
    const state = await stateOf(survivor);
    const survived = copies.at(-1);
    if (!survived) throw new Error('there is no copy');
    const later = { document: await readFile(survived.file), journal: await readFile(survived.journal) };
    expect(later.document).toEqual(folded.document);
    await survivor.close();
    const again = {
      document: await readFile(survived.file),
      journal: Buffer.concat([
        later.journal,
        marker({ ...later, document: await readFile(survived.file) }, next),
      ]),
    };
    for (const files of [
      later,
      again,
      { ...again, document: later.document },
      // The first new document was never put in place, and the changes went on.
      { ...later, document: unfolded.document },
    ]) {
      const opened = await open(files);
      expect(await stateOf(opened)).toEqual(state);
      await opened.close();
    }
  });

  it('and is edited before anybody looks takes the edit, and has every change of the journal', async () => {
    const store = await folder.open();
    const { revision } = await send(store, ...FIRST);
    const unfolded = await read();
    await store.close();
    const folded = await read();
    const announced = Buffer.concat([unfolded.journal, marker(folded, revision)]);
    const document = JSON.parse(folded.document.toString('utf8')) as { clients: object[] };
    const edited = JSON.stringify({ ...document, clients: [...document.clients, { username: 'edited' }] });
    const again = await open({ document: Buffer.from(edited), journal: announced });
    const { clients, roles } = (await again.whole()).configuration;
    expect([...clients.keys()]).toEqual(['edited', 'gone', 'u', 'v']);
    expect(roles.get('r')?.incarnation).not.toBe('');
    expect(clients.get('u')?.roles).toEqual([]);
    expect(again.hearing.warnings).toHaveLength(1);
  });
});

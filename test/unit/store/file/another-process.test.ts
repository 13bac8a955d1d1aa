/** Two processes on one file, as when one is started before the other has ended. */
import { rm } from 'node:fs/promises';
import { StoreError } from '../../../../src/gate/errors.js';
import type { FileStore } from '../../../../src/store/file/file-store.js';
import { eventually } from '../../../support/e2e/eventually.js';
import { AT_ONCE, FileFolder, NEVER } from '../../../support/store/file-store.js';
import { documentOf, send } from '../../../support/store/send.js';

/** Does not look by itself. */
const BLIND = 1e9;

const createRole = (rolename: string): object => ({ command: 'createRole', rolename });

describe('another process that writes the same file', () => {
  let folder: FileFolder;
  beforeEach(async () => {
    folder = await FileFolder.create();
  });
  afterEach(() => folder.remove());

  const rolesOf = async (store: FileStore): Promise<readonly string[]> => [
    ...(await store.whole()).configuration.roles.keys(),
  ];
  const refused = async (store: FileStore): Promise<void> => {
    const before = await store.whole();
    const commit = send(store, createRole('refused'));
    await expect(commit).rejects.toThrow(StoreError);
    await expect(commit).rejects.toThrow('another process writes the journal of this file');
    expect(await store.whole()).toEqual(before);
  };

  it('makes the first change: the other one refuses to write over it, and goes on once it has read it', async () => {
    const [ours, theirs] = [await folder.open(NEVER, BLIND), await folder.open()];
    await send(theirs, createRole('theirs'));
    await refused(ours);
    await ours.close();
    const again = await folder.open(NEVER, BLIND);
    await send(again, createRole('ours'));
    expect(await rolesOf(again)).toEqual(['ours', 'theirs']);
  });

  it('is followed without a restart, and its changes are told', async () => {
    const [ours, theirs] = [await folder.open(), await folder.open(NEVER, BLIND)];
    await send(ours, createRole('ours'));
    const heard: string[] = [];
    ours.changes.subscribe(({ touched }) => heard.push(...touched.roles));
    await theirs.close();
    const later = await folder.open(NEVER, BLIND);
    const { revision } = await send(later, createRole('theirs'));
    await eventually(
      () => ours.snapshot().revision,
      (now) => now === revision,
    );
    expect(heard).toEqual(['theirs']);
    expect(ours.hearing.warnings).toEqual([expect.stringContaining('another process has written')]);
    await send(ours, createRole('more'));
    await refused(later);
    expect(await rolesOf(ours)).toEqual(['more', 'ours', 'theirs']);
    expect(ours.changes.after(undefined, 10)).toHaveLength(3);
  });

  it('folds: whoever still has the old files refuses, and folds nothing over it', async () => {
    const ours = await folder.open(NEVER, BLIND);
    await send(ours, createRole('ours'));
    const theirs = await folder.open(AT_ONCE);
    await send(theirs, createRole('theirs'));
    await eventually(
      () => folder.journalText(),
      (text) => !text.includes('"writes"'),
    );
    await refused(ours);
    await ours.close();
    expect(await folder.document()).toEqual(await documentOf(theirs));
    await send(theirs, createRole('more'));
    expect(await rolesOf(theirs)).toEqual(['more', 'ours', 'theirs']);
  });

  it('takes the journal away: what is in the document is what is left', async () => {
    const store = await folder.open();
    await send(store, createRole('folded'));
    await store.close();
    const again = await folder.open();
    await rm(folder.journal);
    await eventually(
      () => again.snapshot().revision,
      (revision) => revision.startsWith('0-'),
    );
    await send(again, createRole('more'));
    expect(await rolesOf(again)).toEqual(['folded', 'more']);
  });
});

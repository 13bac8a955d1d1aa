import { AT_ONCE, FileFolder, NEVER } from '../support/store/file-store.js';
import { durableStoreContract, realmStoreContract } from './realm-store-contract.js';

const WHEN = [
  { when: 'folded when it is closed', foldTimes: NEVER },
  { when: 'folded all the time', foldTimes: AT_ONCE },
];

for (const { when, foldTimes } of WHEN) {
  realmStoreContract(`file, ${when}`, async (document) => {
    const folder = await FileFolder.create(document);
    return { store: await folder.open(foldTimes), close: () => folder.remove() };
  });

  durableStoreContract(`file, ${when}`, async (document) => {
    const folder = await FileFolder.create(document);
    let store = await folder.open(foldTimes);
    return {
      store: () => store,
      reopen: async () => {
        await store.close();
        store = await folder.open(foldTimes);
      },
      close: () => folder.remove(),
    };
  });
}

import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { parsed, realmStoreContract } from './realm-store-contract.js';

realmStoreContract('memory', (document) =>
  Promise.resolve({
    store: new MemoryStore({
      configuration: parsed(document),
      revision: '0-00000000',
      policy: { sharedSubscriptions: 'dynsec', allowAnonymous: true },
    }),
    close: () => Promise.resolve(),
  }),
);

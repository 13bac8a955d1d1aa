import type { Instance } from '../../../src/gate/instance.js';
import type { Realm } from '../../../src/gate/realm.js';

/** A realm for applications whose tests ask nothing of it: whatever is asked fails. */
export const UNASKED_REALM = new Proxy({} as Realm, {
  get: () => () => {
    throw new Error('nothing is asked of this realm');
  },
});

/** An instance of which nothing is asked. */
export const UNASKED_INSTANCE: Instance = {
  status: () => Promise.reject(new Error('nothing is asked of this instance')),
  clearCaches: () => Promise.reject(new Error('nothing is asked of this instance')),
};

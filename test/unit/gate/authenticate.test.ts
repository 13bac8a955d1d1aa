import { createDecoys } from '../../../src/credentials/decoys.js';
import { HashPool } from '../../../src/credentials/hash-pool.js';
import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import type { Client } from '../../../src/dynsec/entities.js';
import { createAuthenticate } from '../../../src/gate/authenticate.js';
import type { LoginOutcome } from '../../../src/gate/authenticate.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { parsed } from '../../contract/realm-store-contract.js';
import { HASH_WORKER_FILE } from '../../support/hash-worker-file.js';

const RECIPE: HashRecipe = { form: 'pbkdf2-sha512', cost: 1_000 };
const ADMIN = { via: 'login', by: 'admin', from: '' } as const;

let pool: HashPool;
beforeAll(() => {
  pool = new HashPool({
    workerFile: HASH_WORKER_FILE,
    decoys: createDecoys([], RECIPE),
    threads: 1,
    deadlineMs: 15_000,
  });
});
afterAll(() => pool.close());

/** What happens to the client while its password is being compared. */
type Meanwhile = (client: Client) => Promise<Client | undefined>;

describe('a login while whose password is compared the client', () => {
  async function loginWhile(meanwhile: Meanwhile): Promise<LoginOutcome> {
    const encoded_password = await pool.hash('right', RECIPE);
    const store = new MemoryStore({
      configuration: parsed({ clients: [{ username: 'ann', encoded_password }] }),
      revision: '0-x',
      policy: { sharedSubscriptions: 'dynsec', allowAnonymous: false },
    });
    let isFirst = true;
    const authenticate = createAuthenticate(store, {
      verify: async (username, stored, password) => {
        const verdict = await pool.verify(username, stored, password);
        const ann = store.snapshot().client('ann');
        const next = isFirst && ann ? await meanwhile(ann) : ann;
        isFirst = false;
        await store.commit(ADMIN, (draft) => {
          if (next) draft.putClient(next);
          else draft.deleteClient('ann');
          return { result: undefined, commands: [] };
        });
        return verdict;
      },
    });
    return authenticate({ username: 'ann', password: 'right', clientid: 'c' });
  }

  it.each<[string, LoginOutcome, Meanwhile]>([
    ['stays as it is, is allowed', { allowed: true, reason: 'authenticated' }, async (ann) => ann],
    [
      'is disabled, is refused',
      { allowed: false, reason: 'disabled' },
      async (ann) => ({ ...ann, disabled: true }),
    ],
    ['is deleted, is refused', { allowed: false, reason: 'unknown_client' }, async () => undefined],
    [
      'is bound to another client id, is refused',
      { allowed: false, reason: 'clientid_mismatch' },
      async (ann) => ({ ...ann, clientid: 'other' }),
    ],
    [
      'gets another password, is refused',
      { allowed: false, reason: 'wrong_password' },
      async (ann) => ({ ...ann, password: { encoded: await pool.hash('other', RECIPE) } }),
    ],
    [
      'gets another hash of the same password, is allowed',
      { allowed: true, reason: 'authenticated' },
      async (ann) => ({ ...ann, password: { encoded: await pool.hash('right', RECIPE) } }),
    ],
  ])('%s', async (_what, outcome, meanwhile) => {
    expect(await loginWhile(meanwhile)).toEqual(outcome);
  });
});

import { createDecoys } from '../../../src/credentials/decoys.js';
import { HashPool } from '../../../src/credentials/hash-pool.js';
import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import { PoolHasher } from '../../../src/credentials/password-hashing.js';
import { RehashQueue } from '../../../src/credentials/rehash-queue.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { StoredPassword } from '../../../src/dynsec/entities.js';
import { createRehash } from '../../../src/gate/rehash.js';
import type { Rehash } from '../../../src/gate/rehash.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { eventually } from '../../support/e2e/eventually.js';
import { HASH_WORKER_FILE } from '../../support/hash-worker-file.js';
import { RIGHT_PASSWORD } from '../../support/http/management.js';
import { PASSWORD_CASES } from '../../support/stored-passwords.js';

const RECIPE: HashRecipe = { form: 'pbkdf2-sha512', cost: 1_000 };
const ORIGIN = { via: 'login', by: 'admin', from: '' } as const;

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

/** A realm with a client for each of the stored passwords. */
function realmOf(stored: readonly object[]): MemoryStore {
  const clients = stored.map((password, i) => ({ username: `client-${String(i)}`, ...password }));
  const { configuration } = parseConfiguration({ clients });
  if (!configuration) throw new TypeError('the document of the test is not taken');
  const policy = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;
  return new MemoryStore({ configuration, revision: '0-x', policy });
}

function storedOf(store: MemoryStore, username: string): StoredPassword {
  const { password } = store.snapshot().client(username) ?? {};
  if (!password) throw new TypeError(`nothing is stored for ${username}`);
  return password;
}

const WEAK = PASSWORD_CASES.filter(({ start, isUsable }) => isUsable && start === '$7$1000$').map(
  ({ stored }) => stored,
);
const STRONG = PASSWORD_CASES.filter(({ start }) => start !== '$7$1000$').map(({ stored }) => stored);

describe('rehashing', () => {
  it('stores the same password in the configured form, kicks nobody, and is in the change log', async () => {
    const store = realmOf(WEAK);
    const rehash = createRehash({ store, hasher: new PoolHasher(pool, RECIPE) });
    for (const [i] of WEAK.entries()) {
      const username = `client-${String(i)}`;
      const before = store.snapshot().client(username);
      const rehashed = await rehash({
        username,
        stored: storedOf(store, username),
        password: RIGHT_PASSWORD,
      });
      const after = storedOf(store, username);
      expect(rehashed).toEqual({ outcome: 'replaced', stored: after });
      expect(after).toEqual({ encoded: expect.stringMatching(/^\$7\$1000\$/) });
      expect(store.snapshot().client(username)).toEqual({ ...before, password: after });
      expect(await pool.verify(username, after, RIGHT_PASSWORD)).toBe('correct');
    }
    const changes = store.changes.after('0-x', 10) ?? [];
    expect(changes.map(({ by, commands, touched }) => [by, commands, touched.clients])).toEqual(
      WEAK.map((_, i) => ['rehash', ['rehash'], [`client-${String(i)}`]]),
    );
    expect(changes.flatMap(({ revision }) => store.changes.kicked(revision))).toEqual([]);
    expect((await store.whole()).configuration.changeIndex).toBe(0);
  });

  it('changes nothing where another password was set meanwhile, or the client is gone', async () => {
    const store = realmOf([...WEAK.slice(0, 1), ...WEAK.slice(0, 1)]);
    const stored = storedOf(store, 'client-0');
    const meanwhile = async (): Promise<{ readonly encoded: string }> => {
      await store.commit(ORIGIN, (draft) => {
        const client = draft.client('client-0');
        if (client) draft.putClient({ ...client, password: { encoded: '$7$new' } });
        draft.deleteClient('client-1');
        return { result: undefined, commands: [] };
      });
      return { encoded: '$7$too late' };
    };
    const rehash = createRehash({ store, hasher: { hashNew: meanwhile } });
    expect(await rehash({ username: 'client-0', stored, password: RIGHT_PASSWORD })).toEqual({
      outcome: 'changed',
    });
    expect(storedOf(store, 'client-0')).toEqual({ encoded: '$7$new' });
    const again = createRehash({ store, hasher: new PoolHasher(pool, RECIPE) });
    expect(await again({ username: 'client-1', stored, password: RIGHT_PASSWORD })).toEqual({
      outcome: 'changed',
    });
    expect(store.snapshot().client('client-1')).toBeUndefined();
  });

  it('keeps what cannot be hashed in the configured form', async () => {
    const store = realmOf(WEAK.slice(0, 1));
    const stored = storedOf(store, 'client-0');
    const rehash = createRehash({ store, hasher: new PoolHasher(pool, { form: 'bcrypt', cost: 4 }) });
    const login = { username: 'client-0', stored, password: 'x'.repeat(73) };
    expect(await rehash(login)).toEqual({ outcome: 'kept' });
    expect(storedOf(store, 'client-0')).toBe(stored);
  });
});

describe('RehashQueue', () => {
  interface Queued {
    readonly queue: RehashQueue;
    readonly outcomes: string[];
    readonly errors: unknown[];
    readonly replaced: StoredPassword[];
    isIdle: boolean;
  }

  function queueOf(rehash: Rehash): Queued {
    const state = {
      outcomes: [] as string[],
      errors: [] as unknown[],
      replaced: [] as StoredPassword[],
      isIdle: true,
    };
    const queue = new RehashQueue({
      recipe: RECIPE,
      isIdle: () => state.isIdle,
      rehash,
      onReplaced: ({ stored }) => {
        if (stored) state.replaced.push(stored);
      },
      onError: (error) => void state.errors.push(error),
      observer: { rehashed: (outcome) => void state.outcomes.push(outcome) },
    });
    return Object.assign(state, { queue });
  }

  const offerAll = (queue: RehashQueue, store: MemoryStore, count: number): void => {
    for (let i = 0; i < count; i++) {
      const username = `client-${String(i)}`;
      queue.offer({ username, stored: storedOf(store, username), password: RIGHT_PASSWORD });
    }
  };

  it('replaces weak hashes when there is time, and leaves the others as they are', async () => {
    const store = realmOf([...WEAK, ...STRONG]);
    const strong = STRONG.map((_, i) => storedOf(store, `client-${String(WEAK.length + i)}`));
    const queued = queueOf(createRehash({ store, hasher: new PoolHasher(pool, RECIPE) }));
    queued.isIdle = false;
    offerAll(queued.queue, store, WEAK.length + STRONG.length);
    offerAll(queued.queue, store, WEAK.length + STRONG.length);
    expect(queued.queue.size).toBe(WEAK.length);
    queued.isIdle = true;
    await eventually(
      () => queued.outcomes.length,
      (length) => length === WEAK.length,
    );
    expect([new Set(queued.outcomes), queued.queue.size]).toEqual([new Set(['replaced']), 0]);
    expect(queued.replaced).toEqual(WEAK.map((_, i) => storedOf(store, `client-${String(i)}`)));
    expect(STRONG.map((_, i) => storedOf(store, `client-${String(WEAK.length + i)}`))).toEqual(strong);
    offerAll(queued.queue, store, WEAK.length + STRONG.length);
    expect(queued.queue.size).toBe(0);
    queued.queue.close();
  });

  it('tells of what fails, and goes on', async () => {
    const store = realmOf(WEAK);
    const failure = new Error('the disk is full');
    const queued = queueOf(() => Promise.reject(failure));
    offerAll(queued.queue, store, WEAK.length);
    await eventually(
      () => queued.outcomes.length,
      (length) => length === WEAK.length,
    );
    expect(queued.errors).toEqual(WEAK.map(() => failure));
    expect(queued.replaced).toEqual([]);
    queued.queue.close();
  });

  it('uses no password that has waited for more than a minute, however long others take', async () => {
    const store = realmOf(WEAK);
    const stored = storedOf(store, 'client-0');
    const used: string[] = [];
    let nowMs = 0;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    try {
      const queued = queueOf(({ username }) => {
        used.push(username);
        nowMs += 25_000;
        return Promise.resolve({ outcome: 'kept' });
      });
      for (let i = 0; i < 10; i++)
        queued.queue.offer({ username: String(i), stored, password: 'a password' });
      await eventually(
        () => queued.queue.size,
        (size) => size === 0,
      );
      expect(used).toEqual(['0', '1', '2']);
      queued.queue.close();
    } finally {
      now.mockRestore();
    }
  });

  it('holds a thousand, and forgets them when it is closed', () => {
    const store = realmOf(WEAK);
    const queued = queueOf(() => Promise.resolve({ outcome: 'kept' }));
    const stored = storedOf(store, 'client-0');
    const offer = (i: number): void =>
      queued.queue.offer({ username: String(i), stored, password: 'a password' });
    for (let i = 0; i < 1_100; i++) offer(i);
    expect(queued.queue.size).toBe(1_000);
    queued.queue.close();
    offer(1);
    expect(queued.queue.size).toBe(0);
  });
});

import { createDecoys } from '../../../src/credentials/decoys.js';
import type { HashPoolOptions } from '../../../src/credentials/hash-pool.js';
import { HashPool } from '../../../src/credentials/hash-pool.js';
import type { HashRecipe } from '../../../src/credentials/hash-recipe.js';
import { HASH_COSTS, PASSWORD_HASH_FORMS } from '../../../src/credentials/hash-recipe.js';
import { HASH_WORKER_FILE, ODD_HASH_WORKER_FILE } from '../../support/hash-worker-file.js';

const RECIPE: HashRecipe = { form: 'bcrypt', cost: 4 };
const STORED = { encoded: '$2y$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC' };
const PASSWORD = 'pässwörd';
const UNUSABLE = { encoded: '$7$0$junk' };

const pools: HashPool[] = [];

function createPool(options: Partial<HashPoolOptions> = {}): HashPool {
  const decoys = createDecoys([], RECIPE);
  const pool = new HashPool({
    workerFile: HASH_WORKER_FILE,
    decoys,
    threads: 2,
    deadlineMs: 15_000,
    ...options,
  });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('HashPool', () => {
  it('tells the right password from a wrong one', async () => {
    const pool = createPool();
    expect(await pool.verify('alice', STORED, PASSWORD)).toBe('correct');
    expect(await pool.verify('alice', STORED, 'Pässwörd')).toBe('wrong');
  });

  it('answers many at once, each with its own answer', async () => {
    const pool = createPool();
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        pool.verify(`user${i % 5}`, STORED, i % 4 === 0 ? PASSWORD : `wrong ${i}`),
      ),
    );
    expect(verdicts).toEqual(verdicts.map((_, i) => (i % 4 === 0 ? 'correct' : 'wrong')));
    expect([pool.running, pool.waiting]).toEqual([0, 0]);
  });

  it('calls wrong whatever holds NUL, even if a library stops there', async () => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE });
    expect(await pool.verify('alice', STORED, 'say yes')).toBe('correct');
    expect(await pool.verify('alice', STORED, 'say yes\0')).toBe('wrong');
    expect(await pool.verify('alice', undefined, 'say yes\0')).toBe('unusable');
  });

  it('calls wrong what bcrypt would cut off', async () => {
    const pool = createPool();
    const full = { encoded: '$2y$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i' };
    expect(await pool.verify('alice', full, 'x'.repeat(72))).toBe('correct');
    expect(await pool.verify('alice', full, 'x'.repeat(73))).toBe('wrong');
  });

  it.each(PASSWORD_HASH_FORMS)('makes new hashes of %s that it verifies', async (form) => {
    const pool = createPool();
    const encoded = await pool.hash('a new one', { form, cost: HASH_COSTS[form].min });
    expect(await pool.verify('alice', { encoded }, 'a new one')).toBe('correct');
    expect(await pool.verify('alice', { encoded }, 'an old one')).toBe('wrong');
  });

  it('refuses to hash what it could not verify, without the password in the message', async () => {
    const pool = createPool();
    await expect(pool.hash('secret\0', RECIPE)).rejects.toThrow(/^the password holds NUL$/);
    await expect(pool.hash('secret'.repeat(13), RECIPE)).rejects.toThrow(
      /^the password is longer than the 72 bytes/,
    );
    await expect(pool.hash('secret', { form: 'bcrypt', cost: 99 })).rejects.toThrow(TypeError);
  });

  it.each([
    ['nothing is stored', undefined],
    ['what is stored is unusable', UNUSABLE],
  ])('compares with the decoy where %s', async (_when, stored) => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE });
    const verdict = pool.verify('nobody', stored, 'name the scheme');
    await expect(verdict).rejects.toMatchObject({ reason: 'internal', cause: { message: 'scheme: bcrypt' } });
    pool.setDecoys(createDecoys([], { form: 'argon2id', cost: 1 }));
    const another = pool.verify('nobody', stored, 'name the scheme');
    await expect(another).rejects.toMatchObject({ cause: { message: 'scheme: argon2id' } });
  });

  it.each([
    ['nothing is stored', undefined],
    ['what is stored is unusable', UNUSABLE],
  ])('calls it unusable where %s, even if the decoy were met', async (_when, stored) => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE });
    expect(await pool.verify('nobody', stored, 'say yes')).toBe('unusable');
    expect(await pool.verify('alice', STORED, 'say yes')).toBe('correct');
  });

  it('is undecided when a comparison takes too long', async () => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE, deadlineMs: 20 });
    await expect(pool.verify('alice', STORED, 'never answer')).rejects.toMatchObject({
      code: 'undecided',
      reason: 'hash_deadline',
    });
  });

  it('is undecided at once when too many wait', async () => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE, threads: 1, queueLimit: 1 });
    const held = [1, 2].map((i) => pool.verify(`user${i}`, STORED, 'never answer').catch(() => 'undecided'));
    expect([pool.running, pool.waiting]).toEqual([1, 1]);
    await expect(pool.verify('alice', STORED, PASSWORD)).rejects.toMatchObject({ reason: 'hash_queue_full' });
    await pool.close();
    expect(await Promise.all(held)).toEqual(['undecided', 'undecided']);
  });

  it('keeps one user name from having two comparisons under way, and others from waiting for it', async () => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE });
    const held = ['never answer', 'say yes'].map((word) =>
      pool.verify('mallory', STORED, word).catch(() => 'undecided'),
    );
    expect([pool.running, pool.waiting]).toEqual([1, 1]);
    expect(await pool.verify('alice', STORED, 'say yes')).toBe('correct');
    expect([pool.running, pool.waiting]).toEqual([1, 1]);
    await pool.close();
    expect(await Promise.all(held)).toEqual(['undecided', 'undecided']);
  });

  it('takes a comparison that is asked for twice at once as one, and no other', async () => {
    const pool = createPool({ workerFile: ODD_HASH_WORKER_FILE, threads: 1 });
    const ask = (username: string, stored: typeof STORED | undefined): Promise<string> =>
      pool.verify(username, stored, 'never answer').catch(() => 'undecided');
    const held = [ask('alice', STORED), ask('alice', STORED), ask('alice', undefined), ask('bob', STORED)];
    expect([pool.running, pool.waiting]).toEqual([1, 2]);
    await pool.close();
    expect(await Promise.all(held)).toEqual(held.map(() => 'undecided'));
  });

  it('verifies nothing after it was closed, and may be closed twice', async () => {
    const pool = createPool();
    await pool.close();
    await pool.close();
    await expect(pool.verify('alice', STORED, PASSWORD)).rejects.toMatchObject({ reason: 'internal' });
  });

  it('takes no number of threads below one', () => {
    expect(() => createPool({ threads: 0 })).toThrow(
      new TypeError('concurrency is `0`, not an integer of 1 or more'),
    );
  });
});

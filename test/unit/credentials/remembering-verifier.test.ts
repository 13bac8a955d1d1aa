import { HASH_COSTS } from '../../../src/credentials/hash-recipe.js';
import type { RememberedSetup } from '../../support/remembered-logins.js';
import { DAY_MS, PASSWORD, RememberedLogins, SharedMap } from '../../support/remembered-logins.js';
import { eventually } from '../../support/e2e/eventually.js';

const opened: RememberedLogins[] = [];

function create(setup: RememberedSetup = {}): RememberedLogins {
  const logins = new RememberedLogins(setup);
  opened.push(logins);
  return logins;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ pool }) => pool.close()));
});

describe('RememberingVerifier', () => {
  it('compares the same login once, and others each for itself', async () => {
    const logins = create();
    const verdicts = [await logins.login('alice'), await logins.login('alice'), await logins.login('alice')];
    expect([verdicts, logins.comparisons]).toEqual([['correct', 'correct', 'correct'], 1]);
    expect(await logins.login('bob')).toBe('correct');
    expect(await logins.login('alice', 'another password')).toBe('wrong');
    expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 3]);
    expect(logins.verifier.rememberedLogins).toBe(3);
  });

  it('compares again with another stored hash, and forgets nothing of the old one that could be of use', async () => {
    const logins = create();
    await logins.login('alice');
    const encoded = await logins.pool.hash('a new password', { form: 'bcrypt', cost: HASH_COSTS.bcrypt.min });
    expect(await logins.login('alice', PASSWORD, { encoded })).toBe('wrong');
    expect(await logins.login('alice', 'a new password', { encoded })).toBe('correct');
    expect(await logins.login('alice', 'a new password', { encoded })).toBe('correct');
    expect(logins.comparisons).toBe(3);
    // As long as the old hash is in force somewhere, its password is right there.
    expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 4]);
  });

  it('lets nobody in for whom nothing is stored, remembered or not', async () => {
    const logins = create({ shared: new SharedMap() });
    await logins.login('alice');
    expect(await logins.loginOfNobody('alice')).toBe('unusable');
    expect(await logins.loginOfNobody('alice')).toBe('unusable');
    expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 2]);
  });

  it.each([
    ['of a client', (logins: RememberedLogins, password: string) => logins.login('alice', password), 'wrong'],
    [
      'of nobody',
      (logins: RememberedLogins, password: string) => logins.loginOfNobody('nobody', password),
      'unusable',
    ],
  ])(
    'compares a refused login %s once, while it goes on within the hour, and another password at once',
    async (_of, login, refusal) => {
      const logins = create();
      const verdicts = [
        await login(logins, 'no'),
        await login(logins, 'no'),
        await login(logins, 'no either'),
      ];
      expect([verdicts, logins.comparisons]).toEqual([[refusal, refusal, refusal], 2]);
      for (let i = 0; i < 5; i++) {
        logins.nowMs += 59 * 60_000;
        expect([await login(logins, 'no'), logins.comparisons]).toEqual([refusal, 2]);
      }
      logins.nowMs += 61 * 60_000;
      expect([await login(logins, 'no'), logins.comparisons]).toEqual([refusal, 3]);
    },
  );

  it('compares again when the time is up, and not before nine tenths of it', async () => {
    const logins = create();
    await logins.login('alice');
    logins.nowMs += 0.89 * DAY_MS;
    expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 1]);
    logins.nowMs += 0.12 * DAY_MS;
    expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 2]);
  });

  it('remembers no login where that is switched off, and refusals all the same', async () => {
    const logins = create({ ttlMs: 0, shared: new SharedMap() });
    for (const password of [PASSWORD, PASSWORD, 'no', 'no']) await logins.login('alice', password);
    expect([logins.comparisons, logins.verifier.caches[0]?.status().entries]).toEqual([3, 0]);
  });

  it('keeps the most recently used, and tells how many', async () => {
    const logins = create({ maxEntries: 2 });
    for (const username of ['a', 'b', 'a', 'c', 'a']) await logins.login(username);
    expect(logins.comparisons).toBe(3);
    expect(logins.verifier.caches.map((cache) => [cache.name, cache.status()])).toEqual([
      ['credentials', { entries: 2, maxEntries: 2, bytes: 404, hits: 2, misses: 3 }],
      ['refusals', expect.objectContaining({ entries: 0, hits: 0, misses: 3 })],
    ]);
    await logins.login('b');
    expect(logins.comparisons).toBe(4);
  });

  it('has room for fewer where user names are long', async () => {
    const logins = create({ maxEntries: 4 });
    for (const letter of ['a', 'b', 'c']) await logins.login(letter.repeat(300));
    expect(logins.verifier.caches[0]?.status()).toMatchObject({ entries: 2, bytes: 1_600 });
  });

  it('forgets one user name, or all', async () => {
    const logins = create();
    for (const username of ['alice', 'bob']) {
      await logins.login(username);
      await logins.login(username, 'no');
      await logins.login(username, 'no either');
    }
    expect(logins.verifier.caches.map((cache) => cache.clear('alice'))).toEqual([1, 2]);
    expect(logins.verifier.caches.map((cache) => cache.clear('nobody'))).toEqual([0, 0]);
    expect([await logins.login('bob'), await logins.login('bob', 'no'), logins.comparisons]).toEqual([
      ...['correct', 'wrong', 6],
    ]);
    expect(logins.verifier.caches.map((cache) => cache.clear())).toEqual([1, 2]);
    expect([await logins.login('alice'), await logins.login('bob'), logins.comparisons]).toEqual([
      ...['correct', 'correct', 8],
    ]);
  });

  it('looks for the same login once at a time, in the shared memory too', async () => {
    const shared = new SharedMap();
    const logins = create({ shared });
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => logins.login('alice')));
    expect(new Set(verdicts)).toEqual(new Set(['correct']));
    expect([logins.comparisons, shared.reads]).toEqual([1, 1]);
  });

  it('remembers a verdict that came too late, so that the next try finds it', async () => {
    const logins = create({ deadlineMs: 1 });
    const encoded = await create().pool.hash(PASSWORD, { form: 'bcrypt', cost: 10 });
    for (const [password, verdict] of [
      [PASSWORD, 'correct'],
      ['no', 'wrong'],
    ] as const) {
      const computed = logins.comparisons;
      expect(await logins.login('alice', password, { encoded })).toBe('hash_deadline');
      await eventually(
        () => logins.comparisons,
        (comparisons) => comparisons > computed && logins.pool.isIdle,
      );
      expect(await logins.login('alice', password, { encoded })).toBe(verdict);
      expect(logins.comparisons).toBe(computed + 1);
    }
  });

  it('tells of every correct login, remembered or not, and of no other', async () => {
    const told: string[] = [];
    const logins = create({ onCorrect: ({ username }) => void told.push(username) });
    for (const username of ['alice', 'bob', 'alice']) await logins.login(username);
    await logins.login('alice', 'no');
    await logins.loginOfNobody('nobody');
    expect(told).toEqual(['alice', 'bob', 'alice']);
  });
});

describe('budgets of comparisons', () => {
  it.each([
    ['a client', (logins: RememberedLogins, password: string) => logins.login('alice', password), 'wrong'],
    [
      'nobody',
      (logins: RememberedLogins, password: string) => logins.loginOfNobody('alice', password),
      'unusable',
    ],
  ])(
    'end for the user name of %s when so many have failed, and come back evenly',
    async (_of, login, refusal) => {
      const logins = create({ perUsername: 3 });
      const tries = async (count: number): Promise<readonly string[]> => {
        const verdicts: string[] = [];
        for (let i = 0; i < count; i++)
          verdicts.push(await login(logins, `${String(logins.nowMs)} ${String(i)}`));
        return verdicts;
      };
      expect(await tries(5)).toEqual([refusal, refusal, refusal, 'hash_budget', 'hash_budget']);
      logins.nowMs += 20_000;
      expect(await tries(2)).toEqual([refusal, 'hash_budget']);
      logins.nowMs += 600_000;
      expect(await tries(4)).toEqual([refusal, refusal, refusal, 'hash_budget']);
      expect(logins.refusedBy).toEqual(Array.from({ length: 4 }, () => 'username'));
      expect(await logins.login('bob')).toBe('correct');
    },
  );

  it('do not keep out who is remembered, nor who was refused a moment ago from being refused', async () => {
    const logins = create({ perUsername: 1 });
    await logins.login('alice');
    expect([await logins.login('alice', 'no'), await logins.login('alice', 'no either')]).toEqual([
      ...['wrong', 'hash_budget'],
    ]);
    expect([await logins.login('alice'), await logins.login('alice', 'no')]).toEqual(['correct', 'wrong']);
    expect(logins.comparisons).toBe(2);
  });

  it('do not keep out who was in before its time was up, here or on another instance, and then was guessed for', async () => {
    const shared = new SharedMap();
    const [here, there] = [create({ shared, perUsername: 1 }), create({ shared, perUsername: 1 })];
    await here.login('alice');
    const remembered = shared.tags.get('alice') ?? '';
    for (const logins of [here, there]) {
      shared.tags.set('alice', remembered);
      logins.nowMs += 1.5 * DAY_MS;
      expect([await logins.login('alice', 'no'), await logins.login('alice', 'no either')]).toEqual([
        ...['wrong', 'hash_budget'],
      ]);
      const before = logins.comparisons;
      // Compared all the same: nobody is let in by what has ended.
      expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', before + 1]);
      const encoded = await logins.pool.hash(PASSWORD, { form: 'bcrypt', cost: 4 });
      expect(await logins.login('alice', PASSWORD, { encoded })).toBe('hash_budget');
    }
    expect(await here.login('alice')).toBe('correct');
  });

  it('cost nothing who comes with the right password', async () => {
    const logins = create({ perUsername: 1, overall: 2 });
    for (let i = 0; i < 10; i++) expect(await logins.login(`device-${String(i)}`)).toBe('correct');
    expect(await logins.login('mallory', 'no')).toBe('wrong');
    for (let i = 10; i < 20; i++) expect(await logins.login(`device-${String(i)}`)).toBe('correct');
  });

  it('are spent by comparisons under way, so that many at once do not get past them', async () => {
    const logins = create({ perUsername: 3 });
    const verdicts = await Promise.all(
      Array.from({ length: 10 }, (_, i) => logins.login('alice', `no ${String(i)}`)),
    );
    expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(3);
    expect([verdicts.filter((verdict) => verdict === 'hash_budget').length, logins.comparisons]).toEqual([
      7, 3,
    ]);
  });

  it('end for all when so many have failed, whoever they were', async () => {
    const logins = create({ overall: 3 });
    const verdicts: string[] = [];
    for (const username of ['a', 'b', 'c', 'd']) verdicts.push(await logins.loginOfNobody(username));
    expect(verdicts).toEqual(['unusable', 'unusable', 'unusable', 'hash_budget']);
    expect([await logins.login('alice'), logins.refusedBy]).toEqual(['hash_budget', ['overall', 'overall']]);
    logins.nowMs += 20_000;
    expect(await logins.login('alice')).toBe('correct');
  });

  it('do not end where they are switched off', async () => {
    const logins = create({ perUsername: 0, overall: 0 });
    for (let i = 0; i < 20; i++) expect(await logins.login('alice', `no ${String(i)}`)).toBe('wrong');
  });

  it('are given back by what could not be told in time, and charged when it was wrong after all', async () => {
    const logins = create({ deadlineMs: 1, perUsername: 1 });
    const encoded = await create().pool.hash(PASSWORD, { form: 'bcrypt', cost: 10 });
    expect(await logins.login('alice', 'no', { encoded })).toBe('hash_deadline');
    await eventually(
      () => logins.comparisons,
      (comparisons) => comparisons === 1 && logins.pool.isIdle,
    );
    expect(await logins.login('alice', 'no either', { encoded })).toBe('hash_budget');
  });
});

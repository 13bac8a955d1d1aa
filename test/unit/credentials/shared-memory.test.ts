/** What instances share of verified logins, in a real Redis. */
import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import type { SharedCredentials } from '../../../src/gate/ports.js';
import { realmKeys } from '../../../src/store/redis/redis-keys.js';
import { RedisSharedCredentials } from '../../../src/store/redis/shared-credentials.js';
import type { RedisServer } from '../../support/redis.js';
import { startRedis } from '../../support/redis.js';
import type { RememberedSetup } from '../../support/remembered-logins.js';
import { DAY_MS, PASSWORD, RememberedLogins, STORED } from '../../support/remembered-logins.js';
import { eventually } from '../../support/e2e/eventually.js';

const OLD_KEY = 'the key of last year, which is to go';
const NEW_KEY = 'the key of this year, which is to stay';

const KEYS = realmKeys('default');

let server: RedisServer;
let redis: Redis;
const opened: RememberedLogins[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.port, '127.0.0.1');
});

beforeEach(async () => {
  await redis.flushall();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ pool }) => pool.close()));
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** One instance of a fleet. */
function instance(setup: RememberedSetup = {}): RememberedLogins {
  const logins = new RememberedLogins({ shared: new RedisSharedCredentials(redis, KEYS), ...setup });
  opened.push(logins);
  return logins;
}

const entryOf = (username: string): Promise<string | null> => redis.get(KEYS.verified(username));

/** Writes are not waited for. */
async function loginAndWrite(logins: RememberedLogins, username = 'alice'): Promise<string> {
  const before = await entryOf(username);
  expect(await logins.login(username)).toBe('correct');
  return (
    (await eventually(
      () => entryOf(username),
      (entry) => entry !== before,
    )) ?? ''
  );
}

describe('the shared memory of verified logins', () => {
  it('spares other instances the comparison, of that login alone', async () => {
    await loginAndWrite(instance());
    const another = instance();
    expect([await another.login('alice'), await another.login('alice'), another.comparisons]).toEqual([
      ...['correct', 'correct', 0],
    ]);
    expect(another.verifier.rememberedLogins).toBe(2);
    expect(await another.login('alice', 'no')).toBe('wrong');
    expect(await another.loginOfNobody('alice')).toBe('unusable');
    const encoded = await another.pool.hash('no', { form: 'bcrypt', cost: 4 });
    expect(await another.login('alice', PASSWORD, { encoded })).toBe('wrong');
    expect(another.comparisons).toBe(3);
  });

  it('keeps one short tag for each user name, which Redis lets go, and neither hash nor password', async () => {
    const names = ['alice', 'a}b{c', 'päul', '*', 'x'.repeat(300)];
    for (const name of names) await loginAndWrite(instance(), name);
    expect((await redis.keys('*')).sort()).toEqual(
      names.map((name) => `gatehouse:verified:{default/${name}}`).sort(),
    );
    for (const name of names) {
      expect(await entryOf(name)).toMatch(/^\d{4,15}\.[\w-]{43}$/);
      // For as long again as it is good, it tells who was in before.
      const ttlMs = await redis.pttl(KEYS.verified(name));
      expect([ttlMs > 1.89 * DAY_MS, ttlMs <= 2 * DAY_MS]).toEqual([true, true]);
    }
  });

  it('is of no use without the key, for another user name, or when it was tampered with', async () => {
    const entry = await loginAndWrite(instance());
    const [end = '', tag = ''] = entry.split('.');
    const stranger = instance({ keys: [NEW_KEY] });
    expect([await stranger.login('alice'), stranger.comparisons]).toEqual(['correct', 1]);
    await redis.set(KEYS.verified('bob'), entry);
    const forged = [
      '',
      tag,
      `.${tag}`,
      `${end}.${tag}x`,
      `${String(Number(end) + 1)}.${tag}`,
      `${end}.${tag.slice(1)}`,
    ];
    for (const text of [
      ...forged,
      `${end}.${randomBytes(32).toString('base64url')}`,
      'x'.repeat(1_000_000),
    ]) {
      await redis.set(KEYS.verified('alice'), text);
      const another = instance();
      expect([await another.login('alice'), another.comparisons]).toEqual(['correct', 1]);
    }
    const another = instance();
    expect([await another.login('bob'), another.comparisons]).toEqual(['correct', 1]);
  });

  it('ends with the time of the first comparison, on every instance, even if Redis kept it', async () => {
    await loginAndWrite(instance());
    await redis.persist(KEYS.verified('alice'));
    const another = instance();
    another.nowMs += DAY_MS / 2;
    expect([await another.login('alice'), another.comparisons]).toEqual(['correct', 0]);
    another.nowMs += DAY_MS / 2 + 1;
    expect([await another.login('alice'), another.comparisons]).toEqual(['correct', 1]);
  });

  it('is not good for longer than an instance is told, whoever has written it', async () => {
    await loginAndWrite(instance());
    const impatient = instance({ ttlMs: 1_000 });
    const first = await loginAndWrite(impatient);
    expect(impatient.comparisons).toBe(1);
    const another = instance({ ttlMs: 1_000 });
    expect([await another.login('alice'), another.comparisons]).toEqual(['correct', 0]);
    another.nowMs += 1_001;
    expect([await another.login('alice'), another.comparisons, first.split('.')[0]]).toEqual([
      ...['correct', 1],
      expect.stringMatching(/^[12]\d{3}$/),
    ]);
  });

  it('goes over to a new key: the first writes, all read, and what is read by another is written anew', async () => {
    const first = await loginAndWrite(instance({ keys: [OLD_KEY] }));
    const both = instance({ keys: [OLD_KEY, NEW_KEY] });
    expect([await both.login('alice'), both.comparisons, await entryOf('alice')]).toEqual([
      'correct',
      0,
      first,
    ]);
    const turned = instance({ keys: [NEW_KEY, OLD_KEY] });
    const second = await loginAndWrite(turned);
    expect([turned.comparisons, second.split('.')[0]]).toEqual([0, first.split('.')[0]]);
    expect(await redis.pttl(KEYS.verified('alice'))).toBeLessThanOrEqual(2 * DAY_MS);
    const last = instance({ keys: [NEW_KEY] });
    expect([await last.login('alice'), last.comparisons]).toEqual(['correct', 0]);
    const late = instance({ keys: [OLD_KEY] });
    expect([await late.login('alice'), late.comparisons]).toEqual(['correct', 1]);
  });

  it('is not waited for where it does not answer, fails, or cannot be written, and works again afterwards', async () => {
    const never: SharedCredentials = {
      get: () => new Promise(() => {}),
      set: () => new Promise(() => {}),
    };
    const failing: SharedCredentials = {
      get: () => Promise.reject(new Error('no connection')),
      set: () => Promise.reject(new Error('no connection')),
    };
    for (const shared of [never, failing]) {
      const logins = instance({ shared });
      expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 1]);
      expect([await logins.login('alice'), await logins.login('alice', 'no')]).toEqual(['correct', 'wrong']);
      expect(logins.sharedMemory?.status()).toMatchObject({ hits: 0, misses: 0, failedReads: 2 });
    }
  });

  it('is not waited for while Redis hangs', async () => {
    await loginAndWrite(instance());
    const logins = instance();
    await server.signal('SIGSTOP');
    try {
      expect([await logins.login('alice'), logins.comparisons]).toEqual(['correct', 1]);
    } finally {
      await server.signal('SIGCONT');
    }
    expect(await redis.ping()).toBe('PONG');
    const another = instance();
    expect([await another.login('alice'), another.comparisons]).toEqual(['correct', 0]);
  });

  it('takes a stored triple and an encoded hash of the same texts for two things', async () => {
    const logins = instance();
    await loginAndWrite(logins);
    const triple = { password: STORED.encoded, salt: '', iterations: 1 };
    expect(await logins.verifier.verify('alice', triple, PASSWORD)).toBe('unusable');
  });
});

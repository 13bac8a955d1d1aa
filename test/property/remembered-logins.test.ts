/**
 * Remembered or not: the same answers to logins, whatever happens to the clients in between.
 */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { StoredPassword } from '../../src/dynsec/entities.js';
import type { Authenticate } from '../../src/gate/authenticate.js';
import { createAuthenticate } from '../../src/gate/authenticate.js';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { DAY_MS, RememberedLogins, SharedMap } from '../support/remembered-logins.js';
import { testSeed } from '../support/seed.js';

const USERNAMES = ['alice', 'bob'] as const;
const PASSWORDS = ['one', 'one', 'two', 'three'] as const;
/** Each is of one password; two are of the same. The least that is compared, and nothing at all. */
const STORED: readonly (StoredPassword | undefined)[] = [
  ...['one', 'one', 'two', 'three'].map((password, i) => ({ encoded: sha512(password, i) })),
  { encoded: '$7$0$junk' },
  undefined,
];

type Step =
  | { readonly kind: 'login'; readonly instance: number; readonly password: string }
  | { readonly kind: 'set'; readonly stored: number }
  | { readonly kind: 'disabled'; readonly disabled: boolean }
  | { readonly kind: 'clientid'; readonly clientid: string | undefined }
  | { readonly kind: 'delete' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'clear'; readonly instance: number };

const instance = fc.nat(1);
const login = fc.record({
  kind: fc.constant('login' as const),
  instance,
  password: fc.constantFrom(...PASSWORDS),
});
const steps = fc.array(
  fc.record({
    username: fc.constantFrom(...USERNAMES),
    step: fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
      { arbitrary: login, weight: 24 },
      {
        arbitrary: fc.record({ kind: fc.constant('set' as const), stored: fc.nat(STORED.length - 1) }),
        weight: 3,
      },
      { arbitrary: fc.record({ kind: fc.constant('disabled' as const), disabled: fc.boolean() }), weight: 2 },
      {
        arbitrary: fc.record({
          kind: fc.constant('clientid' as const),
          clientid: fc.constantFrom(undefined, 'its own', 'another'),
        }),
        weight: 1,
      },
      { arbitrary: fc.record({ kind: fc.constant('delete' as const) }), weight: 1 },
      {
        arbitrary: fc.record({
          kind: fc.constant('wait' as const),
          ms: fc.constantFrom(1, 61_000, DAY_MS / 2, DAY_MS),
        }),
        weight: 2,
      },
      { arbitrary: fc.record({ kind: fc.constant('clear' as const), instance }), weight: 1 },
    ),
  }),
  { minLength: 10, maxLength: 60, size: 'max' },
);

/** Two instances that remember and share what they remember, and one that does not, on one realm. */
class Fleet {
  readonly #store = firstStore();
  readonly #instances: readonly (readonly [RememberedLogins, Authenticate])[];
  readonly #plain: Authenticate;
  readonly answers: string[] = [];

  constructor(logins: readonly RememberedLogins[]) {
    this.#instances = logins.map((one) => [one, createAuthenticate(this.#store, one.verifier)]);
    const [first] = logins;
    if (!first) throw new TypeError('a fleet has an instance');
    this.#plain = createAuthenticate(this.#store, first.pool);
  }

  async take(username: string, step: Step): Promise<void> {
    if (step.kind === 'login') return this.#login(username, step);
    if (step.kind === 'wait') {
      for (const [logins] of this.#instances) logins.nowMs += step.ms;
      return;
    }
    if (step.kind === 'clear') {
      for (const cache of this.#instances[step.instance]?.[0].verifier.caches ?? [])
        await cache.clear(username);
      return;
    }
    await this.#change(username, step);
  }

  async #login(username: string, { instance: index, password }: Step & { kind: 'login' }): Promise<void> {
    const shown = { username, password, clientid: 'its own' };
    const [, remembering] = this.#instances[index] ?? [];
    const outcome = await remembering?.(shown);
    expect(outcome).toEqual(await this.#plain(shown));
    this.answers.push(outcome?.reason ?? '');
  }

  async #change(username: string, step: Exclude<Step, { kind: 'login' | 'wait' | 'clear' }>): Promise<void> {
    await this.#store.commit({ via: 'login', by: 'test', from: '' }, (draft) => {
      const { password, clientid, disabled, ...client } = draft.client(username) ?? {
        ...{ username, disabled: false, superuser: false, roles: [], groups: [] },
      };
      const next = {
        password: step.kind === 'set' ? STORED[step.stored] : password,
        clientid: step.kind === 'clientid' ? step.clientid : clientid,
      };
      const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
      if (step.kind === 'delete') draft.deleteClient(username);
      else
        draft.putClient({
          ...client,
          ...kept,
          disabled: step.kind === 'disabled' ? step.disabled : disabled,
        });
      return { result: undefined, commands: [] };
    });
  }
}

function firstStore(): MemoryStore {
  const { configuration } = parseConfiguration({
    clients: USERNAMES.map((username) => ({ username, encoded_password: sha512('one', 0) })),
  });
  if (!configuration) throw new TypeError('the document of the test is not taken');
  const policy = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;
  return new MemoryStore({ configuration, revision: '0-x', policy });
}

function sha512(password: string, salt: number): string {
  const bytes = Buffer.alloc(12, salt);
  const hash = createHash('sha512').update(password).update(bytes).digest('base64');
  return `$6$${bytes.toString('base64')}$${hash}`;
}

describe('any sequence of logins and changes', () => {
  it('has the same answers with and without memory', async () => {
    const seen = new Map<string, number>();
    let remembered = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const shared = new SharedMap();
        const logins = [0, 1].map(() => new RememberedLogins({ shared, perUsername: 0, overall: 0 }));
        const fleet = new Fleet(logins);
        try {
          for (const { username, step } of sequence) await fleet.take(username, step);
        } finally {
          await Promise.all(logins.map(({ pool }) => pool.close()));
        }
        for (const answer of fleet.answers) seen.set(answer, (seen.get(answer) ?? 0) + 1);
        remembered += logins.reduce((sum, { verifier }) => sum + verifier.rememberedLogins, 0);
      }),
      { seed: testSeed(), numRuns: 40 },
    );
    // Otherwise it would have tested nothing.
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['authenticated', 'wrong_password', 'disabled']));
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining(['unknown_client', 'clientid_mismatch', 'no_password']),
    );
    expect(remembered).toBeGreaterThan(100);
  });
});

/** What commands make of passwords, and where none of them is to be found. */
import type { HashRecipe } from '../../src/credentials/hash-recipe.js';
import {
  ask,
  changesOf,
  documentText,
  execute,
  login,
  send,
  startAdministered,
  succeed,
} from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import { basic, call } from '../support/http/call.js';
import { ADMIN_TOKEN, MANAGEMENT_DOCUMENT, metrics, RIGHT_PASSWORD } from '../support/http/management.js';
import type { TestService } from '../support/service.js';
import { PASSWORD_CASES } from '../support/stored-passwords.js';

const SET = { command: 'setClientPassword', username: 'kept', password: 'new' };

/** What is stored for each client, by its name. */
async function storedPasswords(service: TestService): Promise<ReadonlyMap<string, string | undefined>> {
  const { clients } = JSON.parse(await documentText(service)) as {
    readonly clients: readonly { readonly username: string; readonly encoded_password?: string }[];
  };
  return new Map(clients.map(({ username, encoded_password: encoded }) => [username, encoded]));
}

const startWith = (passwordHash: HashRecipe, client?: object): Promise<TestService> =>
  startAdministered({
    document: {
      ...MANAGEMENT_DOCUMENT,
      ...(client ? { clients: [{ username: 'kept', ...client }] } : {}),
    },
    settings: { passwordHash },
  });

describe('a new password', () => {
  it.each<readonly [HashRecipe, RegExp]>([
    [{ form: 'pbkdf2-sha512', cost: 2_000 }, /^\$7\$2000\$[A-Za-z0-9+/]{86}==\$[A-Za-z0-9+/]{86}==$/],
    [{ form: 'bcrypt', cost: 5 }, /^\$2b\$05\$[./A-Za-z0-9]{53}$/],
    [
      { form: 'argon2id', cost: 1 },
      /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{86}\$[A-Za-z0-9+/]{86}$/,
    ],
  ])('is hashed as it is configured, by each command that sets one: %j', async (recipe, form) => {
    const service = await startWith(recipe);
    await succeed(
      service,
      ...['a', 'b'].map((username) => ({ command: 'createClient', username, password: 'first' })),
      { command: 'createClient', username: 'c' },
      { command: 'SETCLIENTPASSWORD', username: 'b', password: 'second' },
      { command: 'modifyClient', username: 'c', password: 'third' },
    );
    const stored = await storedPasswords(service);
    const hashes = ['a', 'b', 'c'].map((username) => stored.get(username) ?? '');
    for (const hash of hashes) expect(hash).toMatch(form);
    expect(new Set(hashes).size).toBe(3);
    const logins = [
      ['a', 'first'],
      ['b', 'first'],
      ['b', 'second'],
      ['c', 'third'],
    ] as const;
    const statuses = await Promise.all(
      logins.map(([username, password]) => login(service, username, password)),
    );
    expect(statuses).toEqual([200, 403, 200, 200]);
    await service.close();
  });

  it.each(PASSWORD_CASES)('is not hashed at a lower cost than $what', async ({ stored, start, isUsable }) => {
    const service = await startWith({ form: 'pbkdf2-sha512', cost: 1_000 }, stored);
    expect(await login(service, 'kept', RIGHT_PASSWORD)).toBe(isUsable ? 200 : 403);
    await succeed(service, SET);
    expect((await storedPasswords(service)).get('kept')?.startsWith(start)).toBe(true);
    expect([await login(service, 'kept', 'new'), await login(service, 'kept', RIGHT_PASSWORD)]).toEqual([
      200, 403,
    ]);
    await service.close();
  });

  it('replaces what nobody can compute', async () => {
    const service = await startWith({ form: 'pbkdf2-sha512', cost: 1_000 }, { encoded_password: '$7$junk' });
    await succeed(service, SET);
    expect(await login(service, 'kept', 'new')).toBe(200);
    await service.close();
  });

  it('that cannot be hashed is an error of its command alone', async () => {
    const service = await startWith({ form: 'bcrypt', cost: 4 });
    const longest = 'é'.repeat(36);
    const { responses } = await execute(service, [
      { command: 'createClient', username: 'long', password: `${longest}x` },
      { command: 'createClient', username: 'holding NUL', password: 'a\0b' },
      { command: 'createClient', username: 'longest', password: longest },
      { command: 'modifyClient', username: 'device', password: `${longest}x` },
    ]);
    expect(responses).toEqual([
      { command: 'createClient', error: 'the password is longer than the 72 bytes that bcrypt reads' },
      { command: 'createClient', error: 'Invalid string: NUL character' },
      { command: 'createClient' },
      { command: 'modifyClient', error: 'the password is longer than the 72 bytes that bcrypt reads' },
    ]);
    const stored = await storedPasswords(service);
    expect([stored.has('long'), stored.has('holding NUL')]).toEqual([false, false]);
    expect(await login(service, 'device', RIGHT_PASSWORD)).toBe(200);
    expect(await login(service, 'longest', longest)).toBe(200);
    await service.close();
  });

  it('that is not hashed in time leaves all as it was', async () => {
    const service = await startAdministered({
      settings: { passwordHash: { form: 'pbkdf2-sha512', cost: 2_000_000 }, hashDeadlineMs: 100 },
    });
    const before = await documentText(service);
    const commands = [
      { command: 'createRole', rolename: 'before' },
      { command: 'createClient', username: 'late', password: 'p' },
    ];
    const answer = await send(service, { commands });
    expect(answer).toMatchObject({ status: 503, text: '{"ok":false,"error":"undecided: hash_deadline"}' });
    expect(answer.headers['x-gatehouse-revision']).toBeUndefined();
    expect(await documentText(service)).toBe(before);
    await service.close();
  });
});

describe('a password', () => {
  const SECRETS = ['hush-1', 'hush-2', 'hush-3', 'hush-4'];
  let service: TestService;
  let answers: readonly Answer[];

  beforeAll(async () => {
    service = await startAdministered({ settings: { logLevel: 'trace' } });
    const [first, second, third, fourth] = SECRETS;
    const bodies: readonly unknown[] = [
      { commands: [{ command: 'createClient', username: 'x', password: first }] },
      { commands: [{ command: 'createClient', username: 'x', password: first }] },
      { commands: [{ command: 'setClientPassword', username: 'x', password: second, correlationData: 'c' }] },
      { commands: [{ command: 'setClientPassword', username: 'nobody', password: second }] },
      { commands: [{ command: 'modifyClient', username: 'x', password: third, textname: 5 }] },
      { commands: [{ command: 'none', username: 'x', password: fourth }] },
      { commands: [{ command: 'createClient', username: { password: fourth }, password: [fourth] }] },
      { commands: { password: fourth } },
      `{"commands":[{"password":"${fourth ?? ''}"`,
      { commands: [{ command: 'listClients', verbose: true }] },
      { commands: [{ command: 'getClient', username: 'x' }] },
    ];
    const sent: Answer[] = [];
    for (const body of bodies) {
      sent.push(await send(service, body));
      sent.push(await send(service, body, { as: basic('admin', RIGHT_PASSWORD) }));
      sent.push(await send(service, body, { as: basic('admin', fourth ?? '') }));
    }
    sent.push(await ask(service, '/changes'));
    sent.push(await ask(service, '/document'));
    sent.push(await metrics(service.url));
    sent.push(await call(service.url, '/health/ready', { method: 'GET' }));
    answers = sent;
  });
  afterAll(() => service.close());

  it('is in no answer, and in no line of the log, nor is its hash', async () => {
    const { changes } = await changesOf(service);
    expect(changes.map(({ commands }) => commands).flat()).toEqual([
      'createClient',
      ...['setClientPassword', 'setClientPassword', 'modifyClient', 'modifyClient'],
    ]);
    const stored = [...(await storedPasswords(service)).values()];
    const hashes = stored.flatMap((encoded) => encoded?.split('$').slice(-2) ?? []);
    expect(hashes.length).toBeGreaterThan(10);
    const secrets = [...SECRETS, ...hashes, RIGHT_PASSWORD, ADMIN_TOKEN];
    const encoded = secrets.map((secret) => Buffer.from(secret).toString('base64').replace(/=*$/, ''));
    const said = [service.log.text(), ...answers.map(({ text, headers }) => text + JSON.stringify(headers))];
    expect(said.join('').length).toBeGreaterThan(1_000);
    for (const secret of [...secrets, ...encoded]) {
      expect(said.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});

import { bodyOf, check, type Fields } from '../support/http/call.js';
import { ADMIN_TOKEN, explain, MANAGEMENT_DOCUMENT, metrics } from '../support/http/management.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    document: MANAGEMENT_DOCUMENT,
    settings: { adminTokens: [ADMIN_TOKEN], logLevel: 'trace' },
  });
});
afterAll(() => service.close());

const ask = async (asked: Fields): Promise<Fields> => {
  const answer = await explain(service.url, asked);
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  return bodyOf(answer);
};

const DEVICE = { username: 'device', clientid: 'c1' };

describe('an explanation', () => {
  it('names the role and the rule that allow, before and after the values are put in', async () => {
    expect(await ask({ ...DEVICE, topic: 'devices/device/x', acc: 2 })).toMatchObject({
      allowed: true,
      reason: 'allowed_by_acl',
      role: { path: 'client', rolename: 'device', groupname: null, priority: -1 },
      acl: {
        acltype: 'publishClientSend',
        topic: 'devices/%u/#',
        substituted: 'devices/device/#',
        allow: true,
      },
      request: { ...DEVICE, topic: 'devices/device/x', access: 'publishClientSend' },
    });
  });

  it('lists every role in the order of evaluation, and every rule that was looked at, and why it did not decide', async () => {
    const { trace, ...decision } = await ask({ ...DEVICE, topic: 'public/c1', acc: 2 });
    expect(decision).toMatchObject({ allowed: true, role: { rolename: 'fallback' } });
    expect(trace).toMatchObject([
      {
        rolename: 'device',
        outcome: 'nothing',
        rules: [
          {
            topic: 'devices/%u/#',
            substituted: 'devices/device/#',
            outcome: 'passed',
            why: expect.any(String),
          },
          {
            topic: 'devices/%u/ro',
            substituted: 'devices/device/ro',
            outcome: 'passed',
            why: expect.any(String),
          },
        ],
      },
      {
        rolename: 'fallback',
        outcome: 'allow',
        rules: [{ topic: 'public/%c', substituted: 'public/c1', outcome: 'decided' }],
      },
    ]);
  });

  it('ends with the rule that decided', async () => {
    const { trace } = await ask({ ...DEVICE, topic: 'devices/device/ro', acc: 2 });
    expect(trace).toMatchObject([{ rolename: 'device', outcome: 'allow', rules: [{ outcome: 'decided' }] }]);
    expect((trace as { rules: unknown[] }[])[0]?.rules).toHaveLength(1);
  });

  it('names the group through which a role was reached', async () => {
    const decision = await ask({ username: 'grouped', clientid: 'x', topic: '$CONTROL/x', acc: 2 });
    expect(decision).toMatchObject({
      allowed: true,
      role: { path: 'group', rolename: 'admin', groupname: 'admins' },
    });
  });

  it('says that nothing applied, and shows the default that was left', async () => {
    const decision = await ask({ ...DEVICE, topic: 'devices/other/x', acc: 1 });
    expect(decision).toMatchObject({
      allowed: false,
      reason: 'no_match',
      defaultACLAccess: {
        publishClientReceive: false,
        publishClientSend: false,
        subscribe: false,
        unsubscribe: false,
      },
    });
    expect(decision['trace']).toHaveLength(2);
  });

  it.each([
    ['nobody', { username: 'nobody', clientid: 'c', topic: 'x', acc: 2 }, 'unknown_client'],
    ['who is disabled', { username: 'disabled', clientid: 'c', topic: 'x', acc: 2 }, 'disabled'],
    [
      'another client id than the bound one',
      { username: 'bound', clientid: 'c', topic: 'x', acc: 2 },
      'clientid_mismatch',
    ],
    ['who is anonymous', { username: '', clientid: 'c', topic: 'x', acc: 2 }, 'anonymous_not_allowed'],
    ['who gives no name', { topic: 'x', acc: 2 }, 'anonymous_not_allowed'],
    ['what is no topic', { ...DEVICE, topic: 'a/#', acc: 2 }, 'invalid_topic'],
    ['no topic at all', { ...DEVICE, topic: '', acc: 2 }, 'invalid_topic'],
    ['what brokers protect', { ...DEVICE, topic: '$SYS/x', acc: 2 }, 'protected_topic'],
    ['a client id that nobody knows', { username: 'device', topic: 'public/c1', acc: 2 }, 'unsafe_identity'],
  ])('says of %s why not', async (_what, asked, reason) => {
    expect(await ask(asked)).toMatchObject({ allowed: false, reason });
  });

  it('says that a superuser is one', async () => {
    expect(await ask({ username: 'root', clientid: 'c', topic: 'x', acc: 2 })).toMatchObject({
      allowed: true,
      reason: 'superuser',
    });
  });

  it.each([
    [1, 'publishClientReceive'],
    [2, 'publishClientSend'],
    [4, 'subscribe'],
    [8, 'unsubscribe'],
  ])('takes acc %d, as number or text, for the access %s', async (acc, access) => {
    const asked = { ...DEVICE, topic: 'devices/device/x' };
    const answers = await Promise.all(
      [{ acc }, { acc: String(acc) }, { access }].map((how) => ask({ ...asked, ...how })),
    );
    expect(answers.map(({ request }) => request)).toEqual(answers.map(() => ({ ...asked, access })));
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true]);
  });

  it('says the same as the check, for everybody and everything', async () => {
    const usernames = ['admin', 'root', 'grouped', 'bound', 'disabled', 'denied', 'device', 'nobody', ''];
    const topics = [
      'devices/device/x',
      'devices/device/ro',
      'devices/+/x',
      '$CONTROL/x',
      'public/c1',
      '#',
      '$share/g/devices/device/x',
      '',
    ];
    const requests = usernames.flatMap((username) =>
      topics.flatMap((topic) => [1, 2, 4, 8].map((acc) => ({ username, clientid: 'c1', topic, acc }))),
    );
    const checked = await Promise.all(requests.map((asked) => check(service.url, '/auth/acl', asked)));
    const explained = await Promise.all(requests.map((asked) => ask(asked)));
    expect(explained.map(({ allowed, reason }) => [allowed ? 200 : 403, allowed ? '' : reason])).toEqual(
      checked.map((answer) => [answer.status, bodyOf(answer)['error']]),
    );
    expect(new Set(checked.map(({ status }) => status))).toEqual(new Set([200, 403]));
  });

  it('is no check: it is not counted, and not written down', async () => {
    const counted = async (): Promise<string[]> =>
      (await metrics(service.url)).text.split('\n').filter((line) => line.startsWith('gatehouse_check'));
    const before = { counts: await counted(), log: service.log.text() };
    await ask({ username: 'the explained one', clientid: 'c', topic: 'x', acc: 2 });
    await ask({ ...DEVICE, topic: 'devices/device/x', acc: 2 });
    expect(await counted()).toEqual(before.counts);
    expect(service.log.text()).toBe(before.log);
  });

  it('shows no password material', async () => {
    const answers = await Promise.all(
      ['admin', 'device'].map((username) =>
        explain(service.url, { username, clientid: 'c', topic: 'x', acc: 2 }),
      ),
    );
    for (const { text } of answers) expect(text).not.toMatch(/\$7\$|password|salt/i);
  });
});

describe('a request for an explanation', () => {
  const whole = { ...DEVICE, topic: 'x', acc: 2 };

  it.each([
    ['no topic', { ...DEVICE, acc: 2 }, 'topic'],
    ['a topic of null', { ...whole, topic: null }, 'topic'],
    ['a topic that is a number', { ...whole, topic: 1 }, 'topic'],
    ['a user name that is a list', { ...whole, username: ['device'] }, 'username'],
    ['a client id that is a truth', { ...whole, clientid: true }, 'clientid'],
    ['no access', { ...DEVICE, topic: 'x' }, 'acc'],
    ['an unknown acc', { ...whole, acc: 5 }, 'acc'],
    ['an acc of null', { ...whole, acc: null }, 'acc'],
    ['an unknown access', { ...DEVICE, topic: 'x', access: 'write' }, 'access'],
    ['an access that is a property', { ...DEVICE, topic: 'x', access: 'constructor' }, 'access'],
  ])('with %s is a mistake', async (_what, asked, naming) => {
    const answer = await explain(service.url, asked);
    expect(answer.status).toBe(400);
    expect(bodyOf(answer)).toEqual({ ok: false, error: expect.stringContaining(naming) });
  });

  it.each(['', '{', '[]', 'null', '"x"', '1', '{"topic":"x"}x', '['.repeat(100_000)])(
    'of %.20j is a mistake',
    async (body) => {
      expect(await explain(service.url, body)).toMatchObject({ status: 400 });
    },
  );

  it.each(['[', '{"a":'])(
    'with an acc nested as deep as a body can be (%s) is a mistake',
    async (opening) => {
      const depth = 100_000;
      const nested = `${opening.repeat(depth)}1${(opening === '[' ? ']' : '}').repeat(depth)}`;
      expect(await explain(service.url, `{"topic":"x","acc":${nested}}`)).toMatchObject({ status: 400 });
    },
  );

  it('may have a mebibyte, and no more', async () => {
    const padded = (bytes: number): string => {
      const start = '{"topic":"x","acc":2,"filler":"';
      return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
    };
    expect(await explain(service.url, padded(1_048_576))).toMatchObject({ status: 200 });
    expect(await explain(service.url, padded(1_048_577))).toMatchObject({ status: 413 });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    undefined,
    '',
  ])('of type %j is a mistake: no form of another site can send it', async (type) => {
    expect(await explain(service.url, whole, { 'Content-Type': type })).toMatchObject({ status: 400 });
  });
});

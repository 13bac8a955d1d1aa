import { type Answer, basic, bodyOf, call, check } from '../support/http/call.js';
import {
  ADMIN_TOKEN,
  CHECK_TOKEN,
  explain,
  MANAGEMENT_DOCUMENT,
  metrics,
  OTHER_ADMIN_TOKEN,
  RIGHT_PASSWORD,
} from '../support/http/management.js';
import { openWire, statusesIn } from '../support/http/wire.js';
import { startTestService, type TestService } from '../support/service.js';

const ASKED = { username: 'device', clientid: 'c', topic: 'devices/device/x', acc: 2 };
const BROKERS = ['b1', 'b2'];

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    document: MANAGEMENT_DOCUMENT,
    settings: {
      adminTokens: [ADMIN_TOKEN, OTHER_ADMIN_TOKEN],
      checkTokens: [CHECK_TOKEN],
      brokers: BROKERS,
      hosts: ['127.0.0.1', 'gatehouse.example'],
      // An anonymous group that may administer is nobody's credential.
      allowAnonymous: true,
    },
  });
});
afterAll(() => service.close());

/** The answers of everything that is for administrators. */
const enter = (Authorization: string | undefined): Promise<Answer[]> =>
  Promise.all([
    explain(service.url, ASKED, { Authorization }),
    call(service.url, '/metrics', {
      method: 'GET',
      headers: Authorization === undefined ? {} : { Authorization },
    }),
  ]);
const statusesOf = async (authorization: string | undefined): Promise<number[]> =>
  (await enter(authorization)).map(({ status }) => status);

describe('explanations and metrics', () => {
  it.each([ADMIN_TOKEN, OTHER_ADMIN_TOKEN])('are for who shows the token %j', async (token) => {
    expect(await statusesOf(`Bearer ${token}`)).toEqual([200, 200]);
    expect(await statusesOf(`bearer ${token}`)).toEqual([200, 200]);
  });

  it.each(['admin', 'exact', 'grouped', 'root'])(
    'are for the client %s, who may publish to the topic of the commands',
    async (username) => {
      expect(await statusesOf(basic(username, RIGHT_PASSWORD))).toEqual([200, 200]);
    },
  );

  it.each(['device', 'reader', 'denied'])('are not for the client %s, who may not', async (username) => {
    for (const answer of await enter(basic(username, RIGHT_PASSWORD))) {
      expect(answer.status).toBe(403);
      expect(bodyOf(answer)).toMatchObject({ ok: false });
    }
  });

  it.each([
    ['a wrong password', basic('admin', 'the wrong password')],
    ['no password', basic('admin', '')],
    ['nobody', basic('nobody', RIGHT_PASSWORD)],
    ['who is disabled', basic('disabled', RIGHT_PASSWORD)],
    ['no name', basic('', '')],
    ['no name but a password', basic('', RIGHT_PASSWORD)],
    ['a password cut by NUL', basic('admin', `${RIGHT_PASSWORD}\0`)],
    ['the token of the checks', `Bearer ${CHECK_TOKEN}`],
    ['the token of the checks as a password', basic('gatehouse', CHECK_TOKEN)],
    ['a token as a password', basic('admin', ADMIN_TOKEN)],
    ['half a token', `Bearer ${ADMIN_TOKEN.slice(0, -1)}`],
    ['more than a token', `Bearer ${ADMIN_TOKEN}x`],
    ['both tokens', `Bearer ${ADMIN_TOKEN},${OTHER_ADMIN_TOKEN}`],
    ['an empty token', 'Bearer '],
    ['a bare token', ADMIN_TOKEN],
    ['another scheme', `Token ${ADMIN_TOKEN}`],
    ['nothing', undefined],
    ['what is no base64', 'Basic !!!'],
    ['no colon', `Basic ${Buffer.from('admin').toString('base64')}`],
  ])('are not for who shows %s', async (_what, authorization) => {
    for (const answer of await enter(authorization)) {
      expect(answer.status).toBe(401);
      expect(bodyOf(answer)).toMatchObject({ ok: false });
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=.*Bearer/);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it.each(['bound', 'bound to any'])(
    'are not for %s: who is bound to client ids has none to show',
    async (username) => {
      for (const status of await statusesOf(basic(username, RIGHT_PASSWORD)))
        expect([401, 403]).toContain(status);
    },
  );

  it('do not tell which clients there are', async () => {
    const refusals = ['admin', 'device', 'disabled', 'bound', 'nobody'].map(async (username) => {
      const [answer] = await enter(basic(username, 'the wrong password'));
      return answer?.text;
    });
    expect(new Set(await Promise.all(refusals)).size).toBe(1);
  });

  it('take no token from the query', async () => {
    const path = `?token=${encodeURIComponent(ADMIN_TOKEN)}`;
    expect(await call(service.url, `/metrics${path}`, { method: 'GET' })).toMatchObject({ status: 401 });
    expect(await call(service.url, `/v1/explain${path}`)).toMatchObject({ status: 401 });
  });

  it('are closed by token where none is configured, whatever is shown', async () => {
    const closed = await startTestService({ document: MANAGEMENT_DOCUMENT });
    for (const token of ['', ' ', 'x', ADMIN_TOKEN, 'undefined', 'null']) {
      expect(await metrics(closed.url, `Bearer ${token}`)).toMatchObject({ status: 401 });
    }
    expect(await metrics(closed.url, basic('admin', RIGHT_PASSWORD))).toMatchObject({ status: 200 });
    await closed.close();
  });
});

describe('/v1', () => {
  const host = '127.0.0.1';

  it.each([
    'localhost',
    'LOCALHOST:8790',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:8790',
    '[::1]',
    '10.1.2.3',
    'gatehouse.example',
    'Gatehouse.Example:443',
  ])('may be addressed as %s', async (name) => {
    expect(await explain(service.url, ASKED, { Host: name })).toMatchObject({ status: 200 });
  });

  it.each([
    'evil.example',
    'evil.example:8790',
    'gatehouse.example.evil.example',
    'xgatehouse.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:x',
    '[evil]',
  ])('may not be addressed as %j, whoever asks', async (name) => {
    const answer = await explain(service.url, ASKED, { Host: name });
    expect(answer.status).toBe(421);
    expect(bodyOf(answer)).toMatchObject({ ok: false });
  });

  it.each([
    ['no Host at all', '1.0', ''],
    ['an empty one', '1.1', 'Host:\r\n'],
  ])('may not be addressed with %s', async (_what, version, host) => {
    const wire = await openWire(service.url);
    const head = `POST /v1/explain HTTP/${version}\r\n${host}Authorization: Bearer ${ADMIN_TOKEN}\r\n`;
    wire.send(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`);
    expect(statusesIn(await wire.untilClosed(10_000))).toEqual([421]);
  });

  it.each(['cross-site', 'same-site', 'none, cross-site', 'whatever', ''])(
    'is closed to what a browser sends with Sec-Fetch-Site: %s',
    async (site) => {
      expect(await explain(service.url, ASKED, { 'Sec-Fetch-Site': site })).toMatchObject({ status: 403 });
    },
  );

  it.each(['same-origin', 'none'])(
    'is open to what a browser sends with Sec-Fetch-Site: %s',
    async (site) => {
      expect(await explain(service.url, ASKED, { 'Sec-Fetch-Site': site })).toMatchObject({ status: 200 });
    },
  );

  it.each([
    ...[
      'http://evil.example',
      'https://evil.example:8790',
      'null',
      '',
      'http://localhost',
      'file://',
      'evil.example',
    ],
    ...[`http://${host}.evil.example`, `http://evil.example/${host}`, `http://${host}@evil.example`],
  ])('is closed to what another site sends with Origin: %s', async (origin) => {
    expect(await explain(service.url, ASKED, { Host: host, Origin: origin })).toMatchObject({ status: 403 });
  });

  it('is open to what its own pages would send', async () => {
    const own = new URL(service.url);
    expect(await explain(service.url, ASKED, { Host: own.host, Origin: own.origin })).toMatchObject({
      status: 200,
    });
  });

  it('lets no other site ask what it may send', async () => {
    const headers = { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' };
    const answer = await call(service.url, '/v1/explain', { method: 'OPTIONS', headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['GET', 'PUT', 'DELETE'])('has no explanation for %s', async (method) => {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const { status } = await call(service.url, '/v1/explain', { method, headers });
    expect([404, 405]).toContain(status);
  });

  it('does not say to just anybody what there is', async () => {
    const answers = await Promise.all(
      ['/v1/explain', '/v1/nothing', '/v1'].map((path) => call(service.url, path)),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});

describe('/health', () => {
  it('says to everybody that the process answers', async () => {
    const answer = await call(service.url, '/health/live', { method: 'GET' });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('says to everybody whether checks are decided, and by which state', async () => {
    const answer = await call(service.url, '/health/ready', { method: 'GET' });
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toEqual({
      ok: true,
      policy: { state: 'current', revision: expect.any(String), loadedAt: expect.any(String) },
    });
    const explained = bodyOf(await explain(service.url, ASKED));
    expect(bodyOf(answer)).toMatchObject({ policy: { revision: explained['revision'] } });
  });

  it.each(['/health', '/health/', '/health/live/', '/Health/live', '/health/other'])(
    'has nothing at %s',
    async (path) => {
      expect(await call(service.url, path, { method: 'GET' })).toMatchObject({ status: 404 });
    },
  );
});

describe('/metrics', () => {
  const carry = `token=${encodeURIComponent(CHECK_TOKEN)}`;
  const ask = (path: string, fields: Record<string, unknown>): Promise<Answer> =>
    check(service.url, path, fields);
  /** The samples of one metric, labels and value. */
  const samples = async (name: string): Promise<string[]> => {
    const { text } = await metrics(service.url);
    return text.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line));
  };
  /** How much a sample grows. */
  const growth = async (sample: string, doing: () => Promise<unknown>): Promise<number> => {
    const value = async (): Promise<number> => {
      const { text } = await metrics(service.url);
      const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
      return Number(line?.slice(sample.length) ?? 0);
    };
    const before = await value();
    await doing();
    return (await value()) - before;
  };

  it('are in the format of Prometheus', async () => {
    const answer = await metrics(service.url);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/plain; version=0\.0\.4/),
      'cache-control': 'no-store',
    });
    for (const line of answer.text.split('\n')) {
      expect(line).toMatch(/^(?:|# (?:HELP|TYPE) \w+ .*|\w+(?:\{.*\})? \S+)$/);
    }
  });

  it.each([
    ['acl', 'b1', 'allow,allowed_by_acl', ASKED],
    ['acl', 'b2', 'deny,no_match', { ...ASKED, topic: 'devices/other/x' }],
    ['user', 'b1', 'deny,wrong_password', { username: 'device', clientid: 'c', password: 'x' }],
    ['user', 'b1', 'allow,authenticated', { username: 'device', clientid: 'c', password: RIGHT_PASSWORD }],
    ['superuser', 'b2', 'allow,superuser', { username: 'root' }],
    ['superuser', 'b2', 'refused,invalid_request', {}],
  ])(
    'count a check of kind %s for broker %s by outcome and reason: %s',
    async (kind, broker, came, fields) => {
      const [outcome = '', reason = ''] = came.split(',');
      const labels = `check="${kind}",broker="${broker}",outcome="${outcome}",reason="${reason}"`;
      const grown = await growth(`gatehouse_checks_total{${labels}}`, () =>
        ask(`/auth/${kind}?broker=${broker}&${carry}`, fields),
      );
      expect(grown).toBe(1);
    },
  );

  it('count a check without its token as refused', async () => {
    const labels = 'check="acl",broker="b1",outcome="refused",reason="unauthenticated"';
    expect(await growth(`gatehouse_checks_total{${labels}}`, () => ask('/auth/acl?broker=b1', ASKED))).toBe(
      1,
    );
  });

  it('know the brokers that are configured, and no other', async () => {
    const others = ['b3', 'B1', 'b1 ', '"', 'b1","x="', '\n', '__proto__', 'x'.repeat(1_000)];
    for (const broker of ['', 'b1', ...others]) {
      const path = `/auth/acl?${carry}&broker=${encodeURIComponent(broker)}`;
      expect(await ask(path, ASKED)).toMatchObject({ status: 200 });
    }
    await ask(`/auth/acl?${carry}`, ASKED);
    const named = (await samples('gatehouse_checks_total')).map((line) => /broker="([^"]*)"/.exec(line)?.[1]);
    expect(new Set(named)).toEqual(new Set(['', 'unknown', 'b1', 'b2']));
  });

  it('hold how long checks of each kind took', async () => {
    const sample = 'gatehouse_check_duration_seconds_count{check="acl"}';
    expect(await growth(sample, () => ask(`/auth/acl?${carry}`, ASKED))).toBe(1);
    expect((await samples('gatehouse_check_duration_seconds_bucket')).length).toBeGreaterThan(10);
  });

  it('hold the size and the revision of the policy', async () => {
    const document = MANAGEMENT_DOCUMENT as Record<'clients' | 'groups' | 'roles', unknown[]>;
    expect(await samples('gatehouse_policy_entities')).toEqual(
      expect.arrayContaining([
        `gatehouse_policy_entities{kind="client"} ${String(document.clients.length)}`,
        `gatehouse_policy_entities{kind="group"} ${String(document.groups.length)}`,
        `gatehouse_policy_entities{kind="role"} ${String(document.roles.length)}`,
      ]),
    );
    const { revision } = bodyOf(await explain(service.url, ASKED));
    expect(await samples('gatehouse_policy_info')).toEqual([
      `gatehouse_policy_info{revision="${String(revision)}"} 1`,
    ]);
  });

  it('name no client, no topic and no secret', async () => {
    const odd = { username: 'the odd one', clientid: 'the odd id', topic: 'the/odd/topic', acc: 2 };
    await ask(`/auth/acl?${carry}`, odd);
    const { text } = await metrics(service.url);
    for (const part of ['the odd', 'the/odd', ADMIN_TOKEN, CHECK_TOKEN]) expect(text).not.toContain(part);
  });
});

/**
 * The recorded answers of Mosquitto 2.1.2 (`test/vectors/README.md`), asked of a whole service on the recorded file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type AclVector, aclDeviations, aclVectors } from '../support/acl-vectors.js';
import { bodyOf, call, check, encoded } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

const ADMIN_TOKEN = 'the token of who administers in tests';
const ACC = { publishClientReceive: 1, publishClientSend: 2, subscribe: 4, unsubscribe: 8 } as const;

/** The cases of each recorded file. */
function byConfig(vectors: readonly AclVector[]): AclVector[][] {
  const groups = new Map<string, AclVector[]>();
  for (const vector of vectors) {
    const key = JSON.stringify(vector.config);
    groups.set(key, [...(groups.get(key) ?? []), vector]);
  }
  return [...groups.values()];
}

const vectors = aclVectors();
const groups = byConfig(vectors);

describe('the recorded ACL decisions', () => {
  it('are all there, with those few that are decided otherwise on purpose', () => {
    expect(vectors).toHaveLength(1_770);
    expect(groups).toHaveLength(180);
    expect(vectors.filter(({ deviation }) => deviation)).toHaveLength(aclDeviations().length);
  });

  it.each(groups.map((cases, index) => [index, cases[0]?.name ?? '', cases] as const))(
    'file %d (%s) is answered as recorded, by the check and by its explanation',
    async (_index, _name, cases) => {
      const service = await startTestService({
        document: cases[0]?.config as object,
        // Those without a user name were recorded where such clients are let in.
        settings: { allowAnonymous: true, adminTokens: [ADMIN_TOKEN] },
      });
      try {
        const answers = await Promise.all(cases.map((vector) => answerTo(service, vector)));
        expect(answers).toEqual(cases.map((vector) => expectedOf(vector)));
      } finally {
        await service.close();
      }
    },
  );
});

/** A case with its answers, so that a difference shows what it is about. */
interface Answered {
  readonly request: AclVector['request'];
  readonly status: number;
  readonly explained: unknown;
}

function expectedOf({ request, recorded, deviation }: AclVector): Answered {
  const allowed = deviation?.ours ?? recorded;
  return { request, status: allowed ? 200 : 403, explained: allowed };
}

async function answerTo({ url }: TestService, { request }: AclVector): Promise<Answered> {
  const { access, ...fields } = request;
  const { status } = await check(url, '/auth/acl', { ...fields, acc: ACC[access] });
  const { headers, body } = encoded(request, 'json');
  const authorization = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  const explanation = await call(url, '/v1/explain', { headers: { ...headers, ...authorization }, body });
  return { request, status, explained: bodyOf(explanation)['allowed'] };
}

interface RecordedLogin {
  readonly config: object;
  readonly allow_anonymous: boolean;
  readonly username: string | null;
  readonly password: string | null | { readonly latin1: string };
  readonly clientid: string;
  readonly connack_v5: number;
  readonly allowed: boolean;
}

/** Recorded logins that are answered otherwise, by their full content beside the one file of all of them. */
const LOGIN_DEVIATIONS = [
  {
    reason: 'strings with NUL are refused, not cut',
    allowed: false,
    case: {
      ...{ allow_anonymous: false, username: 'plain', password: { latin1: 'admin\0' }, clientid: 'x' },
      ...{ connack_v5: 0, allowed: true },
    },
  },
  {
    reason: 'strings with NUL are refused, not cut',
    allowed: false,
    case: {
      ...{ allow_anonymous: false, username: 'plain', password: { latin1: 'admin\0x' }, clientid: 'x' },
      ...{ connack_v5: 0, allowed: true },
    },
  },
];

describe('the recorded logins', () => {
  const logins = readVectors('auth-2.1.json') as readonly RecordedLogin[];
  const document = logins[0]?.config ?? {};
  const deviationOf = (login: RecordedLogin) =>
    LOGIN_DEVIATIONS.find((deviation) => isDeepStrictEqual({ ...deviation.case, config: document }, login));

  it('are all there, of one file, with those that are answered otherwise on purpose', () => {
    expect(logins).toHaveLength(100);
    expect(logins.every(({ config }) => isDeepStrictEqual(config, document))).toBe(true);
    expect(logins.flatMap((login) => deviationOf(login) ?? [])).toHaveLength(LOGIN_DEVIATIONS.length);
  });

  it.each([true, false])('are answered as recorded where allow_anonymous is %s', async (allowAnonymous) => {
    const service = await startTestService({ document, settings: { allowAnonymous } });
    const cases = logins.filter((login) => login.allow_anonymous === allowAnonymous);
    const answers = await Promise.all(
      cases.map(async (login) => {
        const { username, password, clientid } = login;
        const text = typeof password === 'object' ? (password?.latin1 ?? null) : password;
        const { status } = await check(service.url, '/auth/user', { username, password: text, clientid });
        return { username, password, clientid, status };
      }),
    );
    expect(answers).toEqual(
      cases.map((login) => {
        const { username, password, clientid, allowed } = login;
        const expected = deviationOf(login)?.allowed ?? allowed;
        return { username, password, clientid, status: expected ? 200 : 403 };
      }),
    );
    await service.close();
  });
});

interface RecordedPassword {
  readonly plaintext: string;
  /** A string, or what dynsec 2.0 writes into a client. */
  readonly encoded: string | object;
  readonly format: string;
  readonly source: string;
}

describe('the recorded passwords', () => {
  const passwords = readVectors('passwords.json') as readonly RecordedPassword[];
  const clients = passwords.map(({ encoded: stored }, index) => ({
    username: `client ${String(index)}`,
    ...(typeof stored === 'string' ? { encoded_password: stored } : stored),
  }));
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ document: { clients }, settings: { hashThreads: 2 } });
  });
  afterAll(() => service.close());

  it.each(passwords.map((entry, index) => [index, entry.format, entry.source, entry] as const))(
    'number %d (%s, %s) lets its client in, and no other password does',
    async (index, _format, _source, { plaintext }) => {
      const another = passwords.find((entry) => entry.plaintext !== plaintext)?.plaintext ?? '';
      const statuses = await Promise.all(
        [plaintext, another, `${plaintext} `, `${plaintext}\0`, ''].map(async (password) => {
          const fields = { clientid: 'c', password, username: `client ${String(index)}` };
          return (await check(service.url, '/auth/user', fields)).status;
        }),
      );
      expect(statuses).toEqual([200, 403, 403, 403, 403]);
    },
  );
});

function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '..', 'vectors', file), 'utf8'));
}

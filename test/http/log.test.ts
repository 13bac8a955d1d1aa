import { allow, allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { check, type Fields } from '../support/http/call.js';
import type { LogLine } from '../support/http/memory-log.js';
import { startTestService, type TestService } from '../support/service.js';

const INFO = 30;
/** What moves the cursor, ends a line, or turns the direction of the text of who looks at it. */
const CONTROLS = [
  '\n',
  '\r',
  '\t',
  '\b',
  '\u001b[2J',
  '\u007f',
  '\u0085',
  '\u009b31m',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200f',
];
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const DOCUMENT = documentOf({
  clients: [
    { username: 'alice', password: 'right', roles: ['device'] },
    { username: 'bob', password: 'right', roles: ['ro\u001ble'], disabled: false },
    { username: 'bo\u001bb', password: 'right', roles: ['ro\u001ble', 'missing \u001b[31m role'] },
  ],
  roles: {
    device: [
      { acltype: 'publishClientSend', topic: 'devices/%u/ro', allow: false },
      ...allowAll('devices/%u/#'),
    ],
    'ro\u001ble': [
      allow('publishClientSend', 'x'),
      { acltype: 'publishClientSend', topic: 'y\u009b', allow: false },
    ],
  },
});

let service: TestService;
beforeEach(async () => {
  service = await startTestService({ document: DOCUMENT, settings: { brokers: ['b1'] } });
});
afterEach(() => service.close());

const acl = (fields: Fields, query = ''): Promise<unknown> =>
  check(service.url, `/auth/acl${query}`, {
    username: 'alice',
    clientid: 'c',
    topic: 'x',
    acc: 2,
    ...fields,
  });
const denials = (): LogLine[] => service.log.lines().filter(({ msg }) => msg === 'denied');

describe('a denial', () => {
  it('is one line at info, with who asked for what, and what decided', async () => {
    await acl({ topic: 'devices/alice/ro' }, '?broker=b1');
    expect(denials()).toMatchObject([
      {
        level: INFO,
        check: 'acl',
        broker: 'b1',
        reason: 'denied_by_acl',
        username: 'alice',
        clientid: 'c',
        topic: 'devices/alice/ro',
        role: 'device',
        acl: 'devices/%u/ro',
        substituted: 'devices/alice/ro',
      },
    ]);
  });

  it('is a line for each kind of check', async () => {
    await acl({});
    await check(service.url, '/auth/user', { username: 'nobody', clientid: 'c', password: 'x' });
    await check(service.url, '/auth/superuser', { username: 'bob' });
    expect(denials()).toMatchObject([
      { check: 'acl', username: 'alice', reason: 'no_match' },
      { check: 'user', username: 'nobody', clientid: 'c', reason: 'unknown_client' },
      { check: 'superuser', username: 'bob', reason: 'not_superuser' },
    ]);
  });

  it('is the only one: what is allowed leaves no line at info', async () => {
    const before = service.log.text();
    await acl({ topic: 'devices/alice/x' });
    await check(service.url, '/auth/user', { username: 'alice', clientid: 'c', password: 'right' });
    expect(service.log.text()).toBe(before);
  });

  it('is not repeated without end for one user name, nor for all of them together', async () => {
    for (let i = 0; i < 200; i += 1) await acl({ topic: String(i) });
    const { length } = service.log.linesOf('alice');
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(50);
    await acl({ username: 'bob', topic: 'z' });
    expect(service.log.linesOf('bob')).toHaveLength(1);
  });

  it('is not repeated without end where there is no user name to tell apart', async () => {
    for (let i = 0; i < 200; i += 1) await check(service.url, '/auth/acl', { i });
    const lines = service.log.lines().filter(({ check: kind }) => kind === 'acl');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(50);
  });

  it('leaves no line where the log is to be quieter', async () => {
    const quiet = await startTestService({ document: DOCUMENT, settings: { logLevel: 'warn' } });
    await check(quiet.url, '/auth/superuser', { username: 'bob' });
    expect(quiet.log.lines().filter(({ msg }) => msg === 'denied')).toEqual([]);
    await quiet.close();
  });
});

/** Every text in a line, as whoever parses it sees it. */
function textsOf(line: LogLine): string[] {
  return Object.values(line).filter((value): value is string => typeof value === 'string');
}

function expectLegible(): void {
  const lines = service.log.lines();
  expect(lines.length).toBeGreaterThan(0);
  for (const text of lines.flatMap(textsOf)) expect(text).not.toMatch(INVISIBLE);
  expect(service.log.text().replaceAll('\n', '')).not.toMatch(INVISIBLE);
}

describe('what cannot be seen', () => {
  it.each(CONTROLS)('such as %j is shown as an escape where a name holds it', async (control) => {
    const before = denials().length;
    await acl({ username: `a${control}b`, clientid: `c${control}d`, topic: `t${control}` });
    await acl({ clientid: `c${control}d` });
    await acl({ topic: `x/${control}` });
    await check(service.url, '/auth/user', { username: `u${control}`, clientid: control, password: 'x' });
    await check(service.url, `/auth/superuser?broker=${encodeURIComponent(control)}`, { username: control });
    expect(denials()).toHaveLength(before + 5);
    expectLegible();
  });

  it('is shown as an escape where a role or its topic holds it', async () => {
    await acl({ username: 'bob', topic: 'y\u009b' });
    await acl({ username: 'bo\u001bb', topic: 'z' });
    expect(denials()).toHaveLength(2);
    expectLegible();
  });

  it('is shown as an escape where a document has it in the wrong place', async () => {
    expect(service.log.text()).toContain('missing');
    expectLegible();
    await service.writeDocument({ ['cl\u001bients']: [], clients: { 'x\u009b': 1 }, ['clients\u202e']: 1 });
    await eventually(
      () => service.log.lines(),
      (lines) => lines.some(({ msg }) => String(msg).includes('refused')),
    );
    expectLegible();
  });

  it.each(CONTROLS)(
    'such as %j is shown as an escape where a request that is no check holds it',
    async (control) => {
      await acl({ acc: control });
      await acl({ acc: { [control]: control } });
      await check(service.url, `/auth/acl?reply=${encodeURIComponent(control)}`, {});
      expectLegible();
    },
  );
});

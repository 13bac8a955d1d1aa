import { open, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allow, allowAll, documentOf, type TestDocument } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { bodyOf, call, check, type Fields } from '../support/http/call.js';
import { ADMIN_TOKEN, metrics } from '../support/http/management.js';
import { startTestService, type TestService } from '../support/service.js';

/** A document by which alice may publish to this topic, and to no other. */
function documentFor(topic: string, more: Partial<TestDocument> = {}): string {
  return documentOf({
    clients: [{ username: 'alice', password: 'right', roles: ['own'] }],
    roles: { own: [allow('publishClientSend', topic)] },
    ...more,
  });
}

/** Longer than the service takes to look at the file twice: whatever it makes of it is done. */
const SEVERAL_LOOKS_MS = 1_500;

let service: TestService;
beforeEach(async () => {
  service = await startTestService({
    document: documentFor('first'),
    settings: { adminTokens: [ADMIN_TOKEN] },
  });
});
afterEach(() => service.close());

const mayPublish = async (topic: string): Promise<boolean> => {
  const fields = { username: 'alice', clientid: 'c', topic, acc: 2 };
  const { status } = await check(service.url, '/auth/acl', fields);
  expect([200, 403]).toContain(status);
  return status === 200;
};
const health = async (): Promise<Fields> => {
  const answer = await call(service.url, '/health/ready', { method: 'GET' });
  // The last good state serves: whatever becomes of the file, it is no reason to take the service away.
  expect(answer.status).toBe(200);
  return bodyOf(answer)['policy'] as Fields;
};
const state = async (): Promise<unknown> => (await health())['state'];
const untilTaken = (topic: string): Promise<unknown> => eventually(() => mayPublish(topic), Boolean);
const untilStale = (): Promise<unknown> => eventually(state, (is) => is === 'stale');
const untilCurrent = (): Promise<unknown> => eventually(state, (is) => is === 'current');
const isStaleByMetrics = async (): Promise<boolean> =>
  (await metrics(service.url)).text.split('\n').includes('gatehouse_policy_stale 1');
const takenOver = (): unknown[] => service.log.lines().filter(({ msg }) => msg === 'policy taken over');

describe('an edit', () => {
  it('by another file in its place is taken over, with another revision', async () => {
    const { revision: before } = await health();
    await service.writeDocument(documentFor('second'));
    await untilTaken('second');
    expect(await mayPublish('first')).toBe(false);
    const after = await health();
    expect(after).toEqual({ state: 'current', revision: expect.any(String), loadedAt: expect.any(String) });
    expect(after['revision']).not.toBe(before);
  });

  it('in place is taken over', async () => {
    await writeFile(service.file, documentFor('second'));
    await untilTaken('second');
    expect(await mayPublish('first')).toBe(false);
  });

  it('in place of the same length is taken over', async () => {
    await writeFile(service.file, documentFor('other'));
    await untilTaken('other');
    expect(await mayPublish('first')).toBe(false);
  });

  it('that looks older than what was there is taken over', async () => {
    await writeFile(`${service.file}.old`, documentFor('second'));
    await utimes(`${service.file}.old`, new Date(1_000_000_000_000), new Date(1_000_000_000_000));
    await rename(`${service.file}.old`, service.file);
    await untilTaken('second');
  });

  it('of where a link leads is taken over, as Kubernetes makes it', async () => {
    const folder = service.dir;
    for (const topic of ['second', 'third'])
      await writeFile(join(folder, `${topic}.json`), documentFor(topic));
    await symlink('second.json', join(folder, 'data'));
    await symlink('data', join(folder, 'link'));
    await rename(join(folder, 'link'), service.file);
    await untilTaken('second');
    await symlink('third.json', join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'data'));
    await untilTaken('third');
  });

  it('is taken over one after another', async () => {
    for (const topic of ['second', 'third', 'fourth', 'first']) {
      await service.writeDocument(documentFor(topic));
      await untilTaken(topic);
    }
    expect(await mayPublish('fourth')).toBe(false);
  });

  it('of passwords and clients counts at the next login', async () => {
    const logIn = async (username: string, password: string): Promise<unknown> =>
      (await check(service.url, '/auth/user', { username, password, clientid: 'c' })).status;
    expect(await logIn('alice', 'right')).toBe(200);
    const clients = [
      { username: 'alice', password: 'another', roles: [] },
      { username: 'bob', password: 'right', roles: [] },
    ];
    await service.writeDocument(documentFor('first', { clients }));
    await eventually(
      () => logIn('bob', 'right'),
      (status) => status === 200,
    );
    expect([await logIn('alice', 'right'), await logIn('alice', 'another')]).toEqual([403, 200]);
    await service.writeDocument(
      documentFor('first', { clients: clients.map((one) => ({ ...one, disabled: true })) }),
    );
    await eventually(
      () => logIn('bob', 'right'),
      (status) => status === 403,
    );
    expect(await logIn('alice', 'another')).toBe(403);
  });

  it('that changes nothing is none', async () => {
    const { revision } = await health();
    const before = takenOver().length;
    await utimes(service.file, new Date(), new Date());
    await sleep(SEVERAL_LOOKS_MS);
    expect(await health()).toMatchObject({ state: 'current', revision });
    expect(takenOver()).toHaveLength(before);
  });
});

describe('while one state takes the place of another', () => {
  /** Between them everything is turned round: a mixture of them would deny `both`, or allow `neither`. */
  const states = [
    ['one', [allow('publishClientSend', 'both')], [...allowAll('neither'), ...allowAll('both')]],
    [
      'two',
      [{ acltype: 'publishClientSend', topic: 'both', allow: false }, ...allowAll('neither')],
      [allow('publishClientSend', 'both')],
    ],
  ] as const;
  const documents = states.map(([held, one, two]) =>
    documentOf({
      clients: [{ username: 'alice', password: 'right', roles: [held] }],
      roles: { one: [...one], two: [...two] },
    }),
  );

  it.each([
    ['another file in its place', (text: string) => service.writeDocument(text)],
    ['a new text in place', (text: string) => writeFile(service.file, text)],
  ])('by %s, every check is decided by the one or by the other', async (_how, write) => {
    await write(documents[0] ?? '');
    await untilTaken('both');
    let isOver = false;
    const asked = (async () => {
      const answers = new Set<string>();
      while (!isOver)
        answers.add(
          `both ${String(await mayPublish('both'))}, neither ${String(await mayPublish('neither'))}`,
        );
      return answers;
    })();
    for (let i = 1; i <= 6; i += 1) {
      const { revision } = await health();
      await write(documents[i % 2] ?? '');
      await eventually(health, (now) => now['revision'] !== revision);
    }
    isOver = true;
    expect([...(await asked)]).toEqual(['both true, neither false']);
    expect(await state()).toBe('current');
  });

  it('a text that is half there for a moment is not called broken', async () => {
    const text = documentFor('second');
    for (let i = 0; i < 12; i += 1) {
      await writeFile(service.file, text.slice(0, text.length / 2));
      await sleep(100);
      await writeFile(service.file, text);
      await sleep(30);
    }
    await untilTaken('second');
    expect(service.log.lines().filter(({ level }) => level === 50)).toEqual([]);
  });

  it('a text that is written slowly is taken over once it is whole, and nothing else before', async () => {
    const text = documentFor('second');
    const file = await open(service.file, 'w');
    for (let at = 0; at < text.length; at += Math.ceil(text.length / 5)) {
      await file.write(text.slice(at, at + Math.ceil(text.length / 5)));
      expect(await mayPublish('first')).toBe(true);
      await sleep(400);
    }
    await file.close();
    await untilTaken('second');
    expect(await state()).toBe('current');
  });
});

describe('a broken edit', () => {
  const good = (): string => documentFor('second');
  const BROKEN: readonly (readonly [what: string, text: string, place: RegExp])[] = [
    ['half a document', '{\n\t"clients": [],\n\t"roles": [', /line 3, column \d+/],
    ['a comma too many', '{\n\t"clients": [],\n}', /line 3, column \d+/],
    ['more after the end', '{}\n{}', /line 2, column \d+/],
    ['nothing', '', /line 1, column \d+/],
    ['no JSON', 'clients:\n- alice\n', /line 1, column \d+/],
    ['a list', '[]', /object/],
    ['clients that are no list', '{"clients":{},"roles":[]}', /\/clients\b/],
    ['roles that are no list', '{"clients":[],"roles":1}', /\/roles\b/],
    [
      'a binding that cannot be read',
      '{"clients":[{"username":"a"},{"username":"b","clientid":1}]}',
      /\/clients\/1\/clientid\b/,
    ],
    [
      'bindings that cannot be read',
      '{"clients":[{"username":"a","clientids":["a*b"]}]}',
      /\/clients\/0\/clientids\b/,
    ],
    ['a superuser by word', '{"clients":[{"username":"a","superuser":"yes"}]}', /\/clients\/0\/superuser\b/],
  ];

  it.each(BROKEN)('of %s is refused with its place in the log and in health', async (_what, text, place) => {
    const { revision, loadedAt } = await health();
    await writeFile(service.file, text);
    await untilStale();
    expect(await health()).toEqual({
      state: 'stale',
      revision,
      loadedAt,
      problem: expect.stringMatching(place),
    });
    expect(service.log.lines().filter(({ level }) => level === 50)).toMatchObject([
      { problem: expect.stringMatching(place) },
    ]);
    expect([await mayPublish('first'), await mayPublish('second')]).toEqual([true, false]);
    expect(await isStaleByMetrics()).toBe(true);
  });

  it.each(BROKEN)('of %s is nothing to start with', async (_what, text, place) => {
    await expect(startTestService({ document: text })).rejects.toThrow(place);
  });

  it('is refused once, and not again at every look', async () => {
    await writeFile(service.file, '{');
    await untilStale();
    await sleep(SEVERAL_LOOKS_MS);
    expect(service.log.lines().filter(({ level }) => level === 50)).toHaveLength(1);
    expect(await mayPublish('first')).toBe(true);
  });

  it('is named anew when it is broken in another way', async () => {
    await writeFile(service.file, '{');
    await untilStale();
    await writeFile(service.file, '{"roles":1}');
    await eventually(health, ({ problem }) => String(problem).includes('/roles'));
    expect(service.log.lines().filter(({ level }) => level === 50)).toHaveLength(2);
  });

  it('that is mended is taken over, and nothing is left of it', async () => {
    await writeFile(service.file, '{');
    await untilStale();
    await service.writeDocument(good());
    await untilTaken('second');
    expect(await state()).toBe('current');
    expect(await health()).not.toHaveProperty('problem');
    expect(await isStaleByMetrics()).toBe(false);
  });

  it('that is taken back leaves what was there before', async () => {
    const { revision } = await health();
    const before = await readFile(service.file, 'utf8');
    await writeFile(service.file, `${before}}`);
    await untilStale();
    await writeFile(service.file, before);
    await untilCurrent();
    expect(await health()).toMatchObject({ revision });
    expect(await isStaleByMetrics()).toBe(false);
    expect(await mayPublish('first')).toBe(true);
  });

  it('that is cut off in place, and then written again in place, is taken over', async () => {
    await truncate(service.file, 10);
    await untilStale();
    await writeFile(service.file, good());
    await untilTaken('second');
    await untilCurrent();
  });
});

describe('a file that is gone', () => {
  it('is named in log and health, and what it said goes on', async () => {
    await rm(service.file);
    await untilStale();
    expect(await health()).toMatchObject({
      problem: expect.stringMatching(/ENOENT|no such file|is missing/),
    });
    expect(service.log.lines().filter(({ level }) => level === 50)).toHaveLength(1);
    expect(await mayPublish('first')).toBe(true);
  });

  it('is taken over when it is back, the same or another', async () => {
    const { revision } = await health();
    await rename(service.file, `${service.file}.away`);
    await untilStale();
    await rename(`${service.file}.away`, service.file);
    await untilCurrent();
    expect(await health()).toMatchObject({ revision });
    await rm(service.file);
    await untilStale();
    await service.writeDocument(documentFor('second'));
    await untilTaken('second');
    expect(await state()).toBe('current');
    expect(await isStaleByMetrics()).toBe(false);
  });
});

/** Whom commands over HTTP tell to disconnect: the header `X-Dynsec-Kick`, and the pages that it may lead to. */
import { allowAll, documentOf } from '../support/e2e/document.js';
import type { Executed } from '../support/http/administration.js';
import {
  ask,
  changesOf,
  execute,
  headerOf,
  startAdministered,
  succeed,
} from '../support/http/administration.js';
import type { Answer } from '../support/http/call.js';
import { bodyOf } from '../support/http/call.js';
import type { TestService } from '../support/service.js';

const DOCUMENT = {
  ...(JSON.parse(documentOf({ clients: [], roles: { role: allowAll('x') } })) as object),
  groups: [{ groupname: 'visitors', roles: [{ rolename: 'role' }], clients: [] }],
  anonymousGroup: 'visitors',
};
const MAX_BYTES = 4_096;

let service: TestService;
beforeEach(async () => {
  service = await startAdministered({ document: DOCUMENT });
});
afterEach(() => service.close());

const create = (username: string): object => ({
  command: 'createClient',
  username,
  roles: [{ rolename: 'role' }],
});
const touchRole = (i = 0): object => ({
  command: 'addRoleACL',
  rolename: 'role',
  acltype: 'publishClientSend',
  topic: `touched/${String(i)}`,
});
const disable = (username: string): object => ({ command: 'disableClient', username });

/** Names of a length, so that the header is as long as is asked for. */
const namesOf = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, i) => String(i).padStart(length, '0'));

function kickedBy({ kick }: Executed): unknown {
  expect(kick).toMatch(/^[\x20-\x7e]*$/);
  return JSON.parse(kick ?? '');
}

/** All pages behind a pointer. */
async function pagesOf(pointer: string | undefined, count: number): Promise<(string | null)[]> {
  expect(pointer).toMatch(/^\/v1\/changes\/[^/]+\/kick$/);
  const kicked: (string | null)[] = [];
  for (let total = Infinity; kicked.length < total;) {
    const query = `?offset=${String(kicked.length)}&count=${String(count)}`;
    const answer = await ask(service, `${pointer?.slice('/v1'.length) ?? ''}${query}`);
    const page = bodyOf(answer) as { readonly totalCount: number; readonly kicked: (string | null)[] };
    expect(page.kicked.length).toBeGreaterThan(0);
    expect(page.kicked.length).toBeLessThanOrEqual(count);
    total = page.totalCount;
    kicked.push(...page.kicked);
  }
  return kicked;
}

describe('the header of whom to disconnect', () => {
  it('is absent where nobody is touched', async () => {
    const reads = await succeed(service, create('a'), { command: 'listClients' });
    expect(reads.kick).toBeUndefined();
    expect(await execute(service, [disable('nobody')])).toMatchObject({ kick: undefined });
  });

  it('names every client once, in byte order, and those without a name last, as null', async () => {
    // In UTF-16 the last two stand in the other order.
    await succeed(service, ...['\u{FF5E}', '\u{1F600}', 'b', 'a'].map(create));
    expect(kickedBy(await succeed(service, disable('b'), touchRole(), disable('b')))).toEqual([
      'a',
      'b',
      '\u{FF5E}',
      '\u{1F600}',
      null,
    ]);
  });

  it('is ASCII, whatever the names are', async () => {
    await succeed(service, ...['é', '\u{1F600}', '"\\', ','].map(create));
    const { kick } = await succeed(service, touchRole());
    expect(kick).toBe('["\\"\\\\",",","\\u00e9","\\ud83d\\ude00",null]');
  });

  it('names those that the request found, and those that it brought to the role', async () => {
    await succeed(service, create('gone'), { command: 'createClient', username: 'new' });
    const executed = await succeed(
      service,
      { command: 'addClientRole', username: 'new', rolename: 'role' },
      { command: 'deleteClient', username: 'gone' },
      { command: 'deleteRole', rolename: 'role' },
    );
    expect(kickedBy(executed)).toEqual(['gone', 'new', null]);
  });

  it('is itself as long as it may be', async () => {
    // Brackets, null, and for each name its two quotation marks and a comma.
    await succeed(service, ...namesOf(40, 99).map(create), create('x'.repeat(MAX_BYTES - 6 - 3 - 40 * 102)));
    const executed = await succeed(service, touchRole());
    expect(executed.kick).toHaveLength(MAX_BYTES);
    expect(kickedBy(executed)).toHaveLength(42);
  });

  it('leads to pages where it would be longer', async () => {
    const names = [...namesOf(40, 99), 'x'.repeat(MAX_BYTES - 6 - 3 - 40 * 102 + 1)];
    await succeed(service, ...names.map(create));
    const { kick, revision } = await succeed(service, touchRole());
    expect(kick).toBe(`/v1/changes/${revision}/kick`);
    for (const count of [1, 7, 42, 10_000]) expect(await pagesOf(kick, count)).toEqual([...names, null]);
  });

  it('leads to what this request touched, however much came after it', async () => {
    const names = namesOf(50, 100);
    await succeed(service, ...names.map(create));
    const { kick } = await succeed(service, touchRole());
    await succeed(service, { command: 'deleteRole', rolename: 'role' });
    for (const name of names.slice(0, 30))
      await succeed(service, { command: 'deleteClient', username: name });
    expect(await pagesOf(kick, 10_000)).toEqual([...names, null]);
  });

  it('leads to whom a request touched that changed nothing', async () => {
    await succeed(service, ...namesOf(50, 100).map(create));
    const { kick: before } = await succeed(service, touchRole());
    const others = namesOf(50, 101);
    await succeed(service, ...others.map((username) => ({ command: 'createClient', username })));
    // As in dynsec, a failed addGroupClient disconnects the client that it names.
    const failed = others.map((username) => ({ command: 'addGroupClient', username, groupname: 'none' }));
    const { kick, responses } = await execute(service, failed);
    expect(responses.map(({ error }) => error)).toEqual(others.map(() => 'Group not found'));
    expect(kick).not.toBe(before);
    expect(await pagesOf(kick, 10_000)).toEqual(others);
  });
});

describe('the header of whom to disconnect after a document', () => {
  const put = async (query: string, body: object): Promise<Answer> => {
    const answer = await ask(service, `/document${query}`, { body });
    expect(answer).toMatchObject({ status: 200 });
    return answer;
  };

  it('names those that it changes or takes away, and those without a name', async () => {
    await succeed(service, create('b'), create('a'), { command: 'createClient', username: 'untouched' });
    const merged = await put('?mode=merge', { clients: [{ username: 'b', disabled: true }] });
    expect(headerOf(merged, 'x-dynsec-kick')).toBe('["b"]');
    const visitors = { groupname: 'visitors', roles: [], clients: [] };
    const next = { ...DOCUMENT, clients: [{ username: 'untouched' }], groups: [visitors] };
    const replaced = await put('', next);
    expect(headerOf(replaced, 'x-dynsec-kick')).toBe('["a","b",null]');
    const revision = headerOf(replaced, 'x-gatehouse-revision') ?? '';
    expect(await pagesOf(`/v1/changes/${revision}/kick`, 2)).toEqual(['a', 'b', null]);
  });

  it('leads to pages where it would be longer', async () => {
    const names = namesOf(50, 100);
    await succeed(service, ...names.map(create));
    const answer = await put('', DOCUMENT);
    expect(await pagesOf(headerOf(answer, 'x-dynsec-kick'), 10_000)).toEqual(names);
  });

  it('is absent where nobody is touched, and after a dry run', async () => {
    const unknown = await put('?mode=merge', { clients: [{ username: 'new' }] });
    expect(headerOf(unknown, 'x-dynsec-kick')).toBeUndefined();
    const dry = await put('?mode=merge&dry-run=true', { clients: [{ username: 'new', disabled: true }] });
    expect(headerOf(dry, 'x-dynsec-kick')).toBeUndefined();
  });
});

describe('the pages of whom to disconnect', () => {
  it('are there for every change, also for those whose header says it all', async () => {
    await succeed(service, create('a'));
    const { revision, kick } = await succeed(service, disable('a'));
    expect(kick).toBe('["a"]');
    expect(bodyOf(await ask(service, `/changes/${revision}/kick`))).toEqual({ totalCount: 1, kicked: ['a'] });
  });

  it('are empty where nobody was touched, and behind their end', async () => {
    const { revision } = await succeed(service, create('a'));
    expect(bodyOf(await ask(service, `/changes/${revision}/kick`))).toEqual({ totalCount: 0, kicked: [] });
    const touched = await succeed(service, disable('a'));
    const behind = await ask(service, `/changes/${touched.revision}/kick?offset=1`);
    expect(bodyOf(behind)).toEqual({ totalCount: 1, kicked: [] });
  });

  it.each(['none', '0-00000000', '%00', '..', 'a%2Fb'])(
    'are not there for the revision %s',
    async (revision) => {
      const answer = await ask(service, `/changes/${revision}/kick`);
      expect(answer).toMatchObject({ status: 404 });
      expect(bodyOf(answer)).toMatchObject({ ok: false });
    },
  );

  it.each(['offset=-1', 'offset=x', 'count=0', 'count=10001', 'count=1.5', 'count=', 'offset=1&offset=2'])(
    'are not there for %s',
    async (query) => {
      await succeed(service, create('a'));
      const { head } = await changesOf(service);
      const answer = await ask(service, `/changes/${head}/kick?${query}`);
      expect(answer).toMatchObject({
        status: 400,
        text: expect.stringMatching(/"error":"(?:offset|count): /),
      });
    },
  );
});

import { allowAll, documentOf } from '../support/e2e/document.js';
import { runInside } from '../support/cli/command-line.js';
import type { CommandResult } from '../support/cli/run-gatehouse.js';
import { check } from '../support/http/call.js';
import { startTestService, type TestService } from '../support/service.js';

const TOKEN = 'the token of who looks after this instance';
const DOCUMENT = documentOf({
  clients: [{ username: 'pump', password: 'right', roles: ['all'] }],
  roles: { all: allowAll('#') },
});

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    document: DOCUMENT,
    settings: { adminTokens: [TOKEN], decisionCache: 100 },
  });
  const acl = { username: 'pump', clientid: 'c', topic: 't', acc: 2 };
  for (let i = 0; i < 4; i++) await check(service.url, '/auth/acl', acl);
  for (const password of ['right', 'right', 'wrong']) {
    await check(service.url, '/auth/user', { username: 'pump', clientid: 'c', password });
  }
  await check(service.url, '/auth/user', { username: 'ev\u001bil', clientid: 'c', password: 'x' });
});
afterAll(() => service.close());

const run = (...args: readonly string[]): Promise<CommandResult> =>
  runInside([...args, '--url', service.url], TOKEN);

describe('gatehouse status', () => {
  it('tells people how the service does, a line for each thing', async () => {
    const { code, stdout, stderr } = await run('status');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^instance {4}version 0\.0\.0-test, up for \d+ .*s, ready$/),
        expect.stringMatching(/^ {12}policy current, revision \S+$/),
        expect.stringMatching(/^load {8}event loop \d+ ms late, nothing is shed$/),
        'hashing     0 running, 0 waiting',
        expect.stringMatching(/decisions: 1 of at most 100, .* kB; 3 of 4 questions answered \(75 %\)$/),
        expect.stringMatching(/credentials: 1 of at most \d+, .* questions answered \(\d+ %\)$/),
        'storms      none',
        'failing     `ev\\u001bil`: 1, last unknown_client',
        '            `pump`: 1, last wrong_password',
      ]),
    );
  });

  it('prints the whole answer with --json', async () => {
    const { code, stdout } = await run('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      instance: { ready: true },
      caches: { decisions: { entries: 1, hits: 3, misses: 1 } },
    });
  });

  it('fails where it may not ask', async () => {
    const { code, stderr } = await runInside(['status', '--url', service.url], 'another token');
    expect([code, stderr]).toEqual([1, expect.stringContaining('refuses: authorization: ')]);
  });
});

describe('gatehouse caches clear', () => {
  it('forgets one user name, then everything, and says how much that was', async () => {
    const nobody = await run('caches', 'clear', 'nobody');
    expect([nobody.code, nobody.stdout]).toEqual([0, expect.stringContaining('decisions: 0 forgotten\n')]);
    const all = await run('caches', 'clear', '--json');
    expect(JSON.parse(all.stdout)).toMatchObject({ cleared: { decisions: 1, credentials: 1 } });
    const { stdout } = await run('caches', 'clear');
    expect(stdout).toContain('credentials: 0 forgotten\n');
  });
});

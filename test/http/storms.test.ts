import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { bodyOf, call, check } from '../support/http/call.js';
import { metrics } from '../support/http/management.js';
import { startTestService } from '../support/service.js';

const TOKEN = 'the token of who looks after this instance';
const DOCUMENT = documentOf({
  clients: [{ username: 'device', password: 'right', roles: ['all'] }],
  roles: { all: allowAll('#') },
});
const STORM = 5;

describe('a reconnect storm', () => {
  it('shows in the status, in the metrics and, when it is over, in the log', async () => {
    const settings = { adminTokens: [TOKEN], stormLogins: STORM };
    const service = await startTestService({ document: DOCUMENT, settings });
    const storms = async (): Promise<{ readonly current: unknown }> => {
      const headers = { Authorization: `Bearer ${TOKEN}` };
      for (let i = 0; i < 4 * STORM; i++) {
        const login = { username: 'device', password: i % STORM ? 'right' : 'wrong', clientid: 'c' };
        await check(service.url, '/auth/user', login);
      }
      return bodyOf(await call(service.url, '/v1/status', { method: 'GET', headers }))['storms'] as never;
    };
    try {
      const { current } = await eventually(storms, (found) => found.current !== null);
      expect(current).toMatchObject({ logins: expect.any(Number), startedAt: expect.any(String) });
      expect((await metrics(service.url, `Bearer ${TOKEN}`)).text).toContain('\ngatehouse_storm_active 1\n');
    } finally {
      await service.close();
    }
    const [line, ...more] = service.log.lines().filter(({ msg }) => msg === 'reconnect storm');
    expect(more).toEqual([]);
    expect(Date.parse(String(line?.['startedAt']))).toBeLessThanOrEqual(Date.now());
    const { logins, allowed, denied, rememberedShare } = line as Readonly<Record<string, number>>;
    expect(logins).toBeGreaterThanOrEqual(STORM);
    expect(allowed).toBeGreaterThan(denied ?? 0);
    expect(rememberedShare).toBeGreaterThan(0.5);
    expect(rememberedShare).toBeLessThanOrEqual(1);
  });
});

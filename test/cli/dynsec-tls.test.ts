import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGatehouse } from '../support/cli/run-gatehouse.js';
import type { TestService } from '../support/service.js';
import { startTestService } from '../support/service.js';

const TOKEN = 'a-token-for-the-tests-of-the-command-line';
const DOCUMENT = { clients: [], groups: [], roles: [{ rolename: 'only' }] };

/** A certificate that nobody vouches for but itself. */
function createCertificate(folder: string, name: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const args = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-out', cert, '-keyout', key],
  ];
  execFileSync('openssl', args, { stdio: 'pipe' });
  return { cert, key };
}

describe('gatehouse dynsec over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
  const own = createCertificate(folder, 'service');
  const caller = createCertificate(folder, 'caller');
  let service: TestService;
  let url: string;

  beforeAll(async () => {
    const tls = { certFile: own.cert, keyFile: own.key, clientCaFile: caller.cert };
    service = await startTestService({ document: DOCUMENT, settings: { tls, adminTokens: [TOKEN] } });
    url = service.url;
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  const listRoles = (...options: readonly string[]) =>
    runGatehouse(['dynsec', '--url', url, ...options, 'listRoles'], {
      env: { GATEHOUSE_ADMIN_TOKEN: TOKEN },
    });

  it.each(['--ca', '--cafile'])(
    'knows the service by %s, and shows a certificate of its own',
    async (flag) => {
      const { cert, key } = caller;
      expect(await listRoles(flag, own.cert, '--cert', cert, '--key', key)).toEqual({
        code: 0,
        stdout: 'only\n',
        stderr: '',
      });
    },
  );

  it('speaks to nobody whom it does not know, and says how it would', async () => {
    expect(await listRoles()).toEqual({
      code: 1,
      stdout: '',
      stderr: `gatehouse: \`${url}\` does not answer: nobody known vouches for its certificate; --ca names the file of who does\n`,
    });
  });

  it('says in one line that it has to show a certificate', async () => {
    expect(await listRoles('--ca', own.cert)).toEqual({
      code: 1,
      stdout: '',
      stderr: `gatehouse: \`${url}\` does not answer: it wants to see a certificate; --cert and --key name one\n`,
    });
  });

  it('says that a service does not speak TLS', async () => {
    const plain = await startTestService({ document: DOCUMENT });
    try {
      const { stderr } = await runGatehouse([
        'dynsec',
        '--url',
        plain.url.replace('http', 'https'),
        'listRoles',
      ]);
      expect(stderr).toMatch(/^gatehouse: `\S+` does not answer: it does not speak TLS\n$/);
    } finally {
      await plain.close();
    }
  });
});

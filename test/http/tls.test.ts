/** The service over HTTPS, with certificates made for the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestService } from '../support/service.js';
import { startTestService } from '../support/service.js';

const DOCUMENT = { clients: [], groups: [], roles: [] };

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

/** A certificate for 127.0.0.1 and for clients, signed by itself. */
function createCertificate(dir: string, name: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(dir, `${name}.crt`), join(dir, `${name}.key`)];
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-out', cert, '-keyout', key],
  );
  return { cert, key };
}

describe('the service with a certificate', () => {
  let dir: string;
  let own: { readonly cert: string; readonly key: string };
  let client: { readonly cert: string; readonly key: string };
  let service: TestService | undefined;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
    own = createCertificate(dir, 'service');
    client = createCertificate(dir, 'client');
  });

  afterEach(() => service?.close());

  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  function get(path: string, identity: object = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(
        `${service?.url ?? ''}${path}`,
        { ca: readFileSync(own.cert), agent: false, ...identity },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        },
      )
        .on('error', reject)
        .end();
    });
  }

  it('answers over HTTPS, and says so', async () => {
    service = await startTestService({
      document: DOCUMENT,
      settings: { tls: { certFile: own.cert, keyFile: own.key } },
    });
    expect(service.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await expect(get('/health/live')).resolves.toBe(200);
    await expect(fetch(service.url.replace('https', 'http'))).rejects.toThrow();
  });

  it('lets in who shows a certificate of the configured authority, and nobody else', async () => {
    const tls = { certFile: own.cert, keyFile: own.key, clientCaFile: client.cert };
    service = await startTestService({ document: DOCUMENT, settings: { tls } });
    const known = { cert: readFileSync(client.cert), key: readFileSync(client.key) };
    const unknown = { cert: readFileSync(own.cert), key: readFileSync(own.key) };
    await expect(get('/health/live', known)).resolves.toBe(200);
    await expect(get('/health/live')).rejects.toThrow();
    await expect(get('/health/live', unknown)).rejects.toThrow();
  });
});

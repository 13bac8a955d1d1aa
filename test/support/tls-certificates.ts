/** Certificates for tests, by openssl: an authority, and what it signs for 127.0.0.1, ::1 and localhost. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The paths of a certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority and its folder. */
export interface TlsAuthority {
  /** The path of its certificate. */
  readonly ca: string;
  /** Signs a certificate for servers and clients alike. */
  sign(name: string): Certificate;
  /** Removes everything. */
  remove(): void;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const EXTENSIONS = 'basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n';

/** Makes an authority of its own. */
export function createTlsAuthority(): TlsAuthority {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
  const own = { cert: join(dir, 'ca.crt'), key: join(dir, 'ca.key') };
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-out',
    own.cert,
    '-keyout',
    own.key,
  );
  const sign = (name: string): Certificate => {
    const path = (suffix: string): string => join(dir, `${name}.${suffix}`);
    writeFileSync(path('ext'), EXTENSIONS);
    openssl('req', '-new', ...NEW_KEY, '-subj', `/CN=${name}`, '-out', path('csr'), '-keyout', path('key'));
    openssl(
      ...['x509', '-req', '-in', path('csr'), '-CA', own.cert, '-CAkey', own.key, '-CAcreateserial'],
      ...['-days', '2', '-extfile', path('ext'), '-out', path('crt')],
    );
    return { cert: path('crt'), key: path('key') };
  };
  const remove = (): void => {
    rmSync(dir, { recursive: true, force: true });
  };
  return { ca: own.cert, sign, remove };
}

/** The options of a Redis that speaks by TLS alone, and wants certificates of its callers. */
export function redisTlsOptions(ca: string, { cert, key }: Certificate): readonly string[] {
  return [
    ...['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key],
    ...['--tls-auth-clients', 'yes', '--tls-replication', 'yes', '--tls-cluster', 'yes'],
  ];
}

/** What is in the files, for a client. */
export function readTls(
  ca: string,
  { cert, key }: Certificate,
): { readonly ca: string; readonly cert: string; readonly key: string } {
  const [caText, certText, keyText] = [ca, cert, key].map((path) => readFileSync(path, 'utf8'));
  return { ca: caText ?? '', cert: certText ?? '', key: keyText ?? '' };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

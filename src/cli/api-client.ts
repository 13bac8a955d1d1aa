import { once } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { CommandError } from './command-error.js';
import { errorCode } from './error-code.js';

/** A running service, and how it is spoken to. */
export interface Service {
  /** `http:` or `https:`, without credentials. */
  readonly url: URL;
  /** SECURITY: a secret. The HTTP header of that name; undefined: none is sent. */
  readonly authorization: string | undefined;
  /** PEM texts. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** One request. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the service's address, `v1/commands`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: Uint8Array;
  /** Whether it is asked to change something: who gets no answer is told that it may have done so. */
  readonly isChange?: boolean;
  /** How long nothing may be heard of the service; 30 s if not given. */
  readonly silenceMs?: number;
  /** Is told how many bytes of the body are sent, or of the answer received (then with the total, if it is known). */
  readonly onProgress?: (progress: Transfer) => void;
}

/** How far a transfer is. */
export interface Transfer {
  readonly phase: 'sending' | 'waiting' | 'receiving';
  readonly bytes: number;
  readonly totalBytes: number | undefined;
}

/** An answer, of whatever status. */
export interface ApiReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const SILENCE_MS = 30_000;
const CHUNK_BYTES = 262_144;

/**
 * Sends a request and reads the whole answer. Redirections are answers like others.
 * @throws CommandError where there is none.
 */
export async function callService(service: Service, request: ApiRequest): Promise<ApiReply> {
  const silenceMs = request.silenceMs ?? SILENCE_MS;
  const outgoing = openRequest(service, request);
  outgoing.setTimeout(silenceMs, () => {
    outgoing.destroy(new Error(`nothing was heard of it for ${silenceMs / 1_000} s`));
  });
  try {
    return await exchange(outgoing, request);
  } catch (cause) {
    const isOpen = request.isChange && outgoing.writableFinished;
    const message = `${shownUrl(service)} does not answer: ${describeFailure(cause)}`;
    throw new CommandError('undecided', isOpen ? `${message}; whether it was done is not known` : message, {
      cause,
    });
  } finally {
    outgoing.destroy();
  }
}

/** Where a service is, for people. */
export function shownUrl({ url }: Service): string {
  return `\`${url.href.replace(/\/$/, '')}\``;
}

/** The error of an answer that is none of those hoped for. */
export function refusal(service: Service, { status, text }: ApiReply): CommandError {
  const isAnonymous = status === 401 && service.authorization === undefined;
  const hint = isAnonymous ? '; give -u, or set GATEHOUSE_ADMIN_TOKEN' : '';
  const reason = errorOf(text) ?? `HTTP status ${status}`;
  return new CommandError('forbidden', `${shownUrl(service)} refuses: ${reason}${hint}`);
}

/** The JSON of an answer. @throws CommandError where it is none. */
export function jsonOf(service: Service, { text }: ApiReply): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${shownUrl(service)} answers with something that is no JSON: is it a gatehouse?`;
    throw new CommandError('undecided', message, { cause });
  }
}

function openRequest({ url, authorization, tls }: Service, request: ApiRequest): ClientRequest {
  const target = new URL(request.path, url.href.endsWith('/') ? url : `${url.href}/`);
  for (const [name, value] of Object.entries(request.query ?? {})) target.searchParams.set(name, value);
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(request.body
      ? { 'content-type': 'application/json', 'content-length': request.body.byteLength }
      : {}),
    ...request.headers,
  };
  const options = { method: request.method, headers, agent: false as const };
  return target.protocol === 'https:'
    ? requestHttps(target, { ...options, ...tls })
    : requestHttp(target, options);
}

/** The answer counts, also one that comes before all is sent. */
async function exchange(outgoing: ClientRequest, request: ApiRequest): Promise<ApiReply> {
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    // What breaks after the answer has begun is heard of by who reads it.
    outgoing.on('error', reject);
  });
  await Promise.race([response, upload(outgoing, request).then(() => response)]);
  return readReply(await response, request);
}

async function upload(outgoing: ClientRequest, { body, onProgress }: ApiRequest): Promise<void> {
  const totalBytes = body?.byteLength ?? 0;
  for (let at = 0; body && at < totalBytes; at += CHUNK_BYTES) {
    const isTaken = outgoing.write(body.subarray(at, at + CHUNK_BYTES));
    if (!isTaken) await once(outgoing, 'drain');
    onProgress?.({ phase: 'sending', bytes: Math.min(totalBytes, at + CHUNK_BYTES), totalBytes });
  }
  outgoing.end();
  onProgress?.({ phase: 'waiting', bytes: totalBytes, totalBytes });
}

async function readReply(response: IncomingMessage, { onProgress }: ApiRequest): Promise<ApiReply> {
  const total = Number(response.headers['content-length']);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    onProgress?.({ phase: 'receiving', bytes, totalBytes: Number.isNaN(total) ? undefined : total });
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'it closed the connection',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'there is no such host',
  EPIPE: 'it closed the connection',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants to see a certificate; --cert and --key name one',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ETIMEDOUT: 'no connection in time',
};

/** The errors of a certificate that nobody vouches for. */
const UNKNOWN_ISSUERS = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

function describeFailure(error: unknown): string {
  const code = errorCode(error);
  if (UNKNOWN_ISSUERS.includes(code)) {
    return 'nobody known vouches for its certificate; --ca names the file of who does';
  }
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return FAILURES[code] ?? (line || code);
}

function errorOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}

/** Requests to change a realm, and what became of them. */
import type { CommandReply } from '../../../src/dynsec/commands/run-commands.js';
import type { Change } from '../../../src/gate/ports.js';
import type { TestService, TestServiceOptions } from '../service.js';
import { startTestService } from '../service.js';
import type { Answer, Call } from './call.js';
import { bodyOf, call, check } from './call.js';
import { ADMIN_TOKEN, MANAGEMENT_DOCUMENT } from './management.js';

/** A request of an administrator, by token unless told otherwise. */
export interface Request extends Omit<Call, 'body' | 'headers'> {
  /** The value of the Authorization header; null for none. */
  readonly as?: string | null;
  /** Text and bytes go out as they stand, anything else as JSON. */
  readonly body?: unknown;
  /** One of undefined is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** What became of commands. */
export interface Executed {
  readonly answer: Answer;
  readonly responses: readonly CommandReply[];
  /** `X-Gatehouse-Revision`. */
  readonly revision: string;
  /** `X-Dynsec-Kick`, as it came. */
  readonly kick: string | undefined;
}

/** Starts a service that takes a token of administrators; on the realm of `management.ts` unless told otherwise. */
export function startAdministered(options: Partial<TestServiceOptions> = {}): Promise<TestService> {
  return startTestService({
    document: MANAGEMENT_DOCUMENT,
    ...options,
    settings: { adminTokens: [ADMIN_TOKEN], ...options.settings },
  });
}

/** Sends a request to a path below `/v1`; GET, or PUT of JSON where there is a body. */
export function ask({ url }: { readonly url: string }, path: string, request: Request = {}): Promise<Answer> {
  const {
    as = `Bearer ${ADMIN_TOKEN}`,
    body,
    headers,
    method = body === undefined ? 'GET' : 'PUT',
  } = request;
  const all = {
    ...(as === null ? {} : { Authorization: as }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headers,
  };
  const sent = Object.entries(all).filter(([, value]) => value !== undefined);
  return call(url, `/v1${path}`, {
    method,
    headers: Object.fromEntries(sent),
    ...(body === undefined ? {} : { body: bytesOf(body) }),
  });
}

/** Sends the body of a request of commands. */
export function send(
  service: { readonly url: string },
  body: unknown,
  request: Request = {},
): Promise<Answer> {
  return ask(service, '/commands', { method: 'POST', body, ...request });
}

/** Sends commands that are answered 200, errors of their own included. */
export async function execute(
  service: { readonly url: string },
  commands: readonly object[],
  { atomic, ...request }: Request & { readonly atomic?: boolean } = {},
): Promise<Executed> {
  const query = atomic === undefined ? '' : `?atomic=${String(atomic)}`;
  const answer = await ask(service, `/commands${query}`, { method: 'POST', body: { commands }, ...request });
  expect(answer).toMatchObject({ status: 200 });
  const { responses } = bodyOf(answer) as { readonly responses: readonly CommandReply[] };
  return {
    answer,
    responses,
    revision: headerOf(answer, 'x-gatehouse-revision') ?? '',
    kick: headerOf(answer, 'x-dynsec-kick'),
  };
}

/** The same, and all of them succeed. */
export async function succeed(
  service: { readonly url: string },
  ...commands: readonly object[]
): Promise<Executed> {
  const executed = await execute(service, commands);
  expect(executed.responses.flatMap(({ error }) => error ?? [])).toEqual([]);
  return executed;
}

/** The realm as a document, hashes included, as text. */
export async function documentText(
  service: { readonly url: string },
  query = '?hashes=true',
): Promise<string> {
  const answer = await ask(service, `/document${query}`);
  expect(answer).toMatchObject({ status: 200 });
  return answer.text;
}

/** The change log from the oldest that is kept, or what came after a revision. */
export async function changesOf(
  service: { readonly url: string },
  after?: string,
): Promise<{ readonly changes: readonly Change[]; readonly head: string }> {
  const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
  const answer = await ask(service, `/changes${query}`);
  expect(answer).toMatchObject({ status: 200 });
  return JSON.parse(answer.text) as { readonly changes: readonly Change[]; readonly head: string };
}

/** The status of a login. */
export async function login(
  { url }: { readonly url: string },
  username: string,
  password: string,
): Promise<number> {
  return (await check(url, '/auth/user', { username, password, clientid: 'c' })).status;
}

/** The status of a publish. */
export async function publish(
  { url }: { readonly url: string },
  username: string,
  topic: string,
): Promise<number> {
  return (await check(url, '/auth/acl', { username, clientid: 'c', topic, acc: 2 })).status;
}

/** One value of a header. */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  expect(Array.isArray(value)).toBe(false);
  return value as string | undefined;
}

function bytesOf(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

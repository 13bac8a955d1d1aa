/** HTTP requests exactly as they are written here: `fetch` sends no body with GET, and no headers of its choice. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { bounded } from '../e2e/eventually.js';

/** A request. */
export interface Call {
  /** POST unless told otherwise. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The fields of a check. */
export type Fields = Readonly<Record<string, unknown>>;

/** How a body is written. */
export type Encoding = 'json' | 'form';

/** Connections are kept and used again, as the plugin does. */
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Sends a request to `base` and `path`, which goes out as it stands, and reads the whole answer. */
export function call(
  base: string,
  path: string,
  { method = 'POST', headers, body }: Call = {},
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const answer = new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      { agent, hostname, port, path, method, headers: { ...length, ...headers } as Record<string, string> },
      (response) => {
        const { statusCode: status = 0, headers: received } = response;
        text(response).then((content) => resolve({ status, headers: received, text: content }), reject);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  return bounded(answer, `${method} ${path.slice(0, 200)}`);
}

/** Sends a check as the plugin does: a POST of JSON, with sorted keys as they are given. */
export function check(base: string, path: string, fields: Fields): Promise<Answer> {
  return call(base, path, encoded(fields, 'json'));
}

/** Fields as a body with its type. */
export function encoded(fields: Fields, encoding: Encoding): Required<Pick<Call, 'headers' | 'body'>> {
  if (encoding === 'json') {
    return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields) };
  }
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(pairs).toString(),
  };
}

/** The value of an HTTP Basic Authorization header. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** What an answer says, parsed. */
export function bodyOf(answer: Answer): Fields {
  return JSON.parse(answer.text) as Fields;
}

/** An HTTP server that writes down what it is asked and answers what it is told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Recorded {
  /** Method and URI. */
  readonly request: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The caller's port: the same for requests on one connection. */
  readonly callerPort: number | undefined;
}

/** Status and body, or no answer, ever. */
export type Reply = readonly [status: number, body: string] | 'silence';

/** A running recorder. */
export interface Recorder {
  readonly port: number;
  readonly requests: Recorded[];
  /** What every request is answered from now on; 200 at first. */
  reply(reply: Reply): void;
  close(): Promise<void>;
}

/** Starts a recorder on a free port of 127.0.0.1. */
export async function startRecorder(): Promise<Recorder> {
  const requests: Recorded[] = [];
  let reply: Reply = [200, ''];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request;
      requests.push({ request: `${method} ${url}`, headers, body, callerPort: socket.remotePort });
      if (reply !== 'silence') response.writeHead(reply[0]).end(reply[1]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    reply: (next) => {
      reply = next;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

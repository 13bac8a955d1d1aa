import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { ServerOptions as TlsOptions } from 'node:https';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { CheckHandler } from './checks/check-handler.js';
import { checkOf } from './checks/check-url.js';

/** Where to listen, and how. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: Pick<TlsOptions, 'cert' | 'key' | 'ca'>;
}

/** A server that listens. */
export interface ListeningServer {
  /** Such as `http://127.0.0.1:8790`. */
  readonly url: string;
  /** Takes no more connections, answers what is under way, and closes; what takes longer than `graceMs` is cut. */
  close(graceMs: number): Promise<void>;
}

/**
 * How long a connection may take for what. go-auth keeps idle connections for 90 s: were they closed earlier, its
 * next check could meet the closing. Everything else is short: a check is small, and comes from a broker.
 */
const TIMEOUTS = {
  keepAliveTimeout: 120_000,
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 500,
} as const;

/**
 * The fast lane: the three checks go straight to their handler, everything else to the application. Express alone
 * reaches a fifth of this on Node 20.
 */
export function createRequestListener(handleCheck: CheckHandler, app: RequestListener): RequestListener {
  return (request, response) => {
    const check = checkOf(request.url ?? '');
    if (check) handleCheck(check, request, response);
    else app(request, response);
  };
}

/** Starts to listen. @throws the error of the socket, such as EADDRINUSE. */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<ListeningServer> {
  const server = createServer(listener, options);
  const sockets = trackSockets(server);
  server.listen({ host: options.host, port: options.port });
  await once(server, 'listening');
  const closeAll = async (graceMs: number): Promise<void> => {
    const closed = close(server, graceMs);
    // To the server, a connection that has not sent anything is not idle: it would wait for it.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    await closed;
  };
  return { url: urlOf(server, options), close: closeAll };
}

function createServer(listener: RequestListener, { tls }: ListenOptions): Server {
  if (!tls) return createHttpServer(TIMEOUTS, listener);
  const clientCertificates = tls.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  return createHttpsServer({ ...TIMEOUTS, ...tls, ...clientCertificates }, listener);
}

function urlOf(server: Server, { tls }: ListenOptions): string {
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `${tls ? 'https' : 'http'}://${host}:${String(port)}`;
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
    });
  });
  return sockets;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  // Connections that are kept open become idle once their last answer is out.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  await closed;
  clearTimeout(cut);
  clearInterval(sweep);
}

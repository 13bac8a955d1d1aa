import { once } from 'node:events';
import { connect } from 'node:net';
import { bounded, eventually } from '../e2e/eventually.js';

/** A bare connection, for what no HTTP client would send. */
export interface Wire {
  /** Sends bytes; those that the other side does not take any more are lost. */
  send(bytes: string | Buffer): void;
  /** Everything that came so far. */
  received(): string;
  /** Waits until what came holds the text `count` times. */
  until(text: string, count?: number): Promise<void>;
  /** Waits for the other side to close, however it does it, and tells what had come. */
  untilClosed(withinMs: number): Promise<string>;
  /** Says that no more is sent, and goes on listening. */
  end(): void;
  close(): void;
}

/** Opens a connection to where a URL leads. */
export async function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  let received = '';
  // A reset is one of the ways to close.
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk;
  });
  return {
    send: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    received: () => received,
    until: async (text, count = 1) => {
      await eventually(
        () => received,
        (sofar) => sofar.split(text).length > count,
      );
    },
    untilClosed: async (withinMs) => {
      await bounded(closed, 'the end of a connection', withinMs);
      return received;
    },
    end: () => socket.end(),
    close: () => socket.destroy(),
  };
}

/** The status codes of the answers in what came, in order. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** Sends all of a request before it reads anything, as simple clients do, and tells what came until the end. */
export async function sendThenRead(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let received = '';
  socket.on('error', () => undefined).pause();
  socket.write(bytes, () => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
      // The answer is there: an end of this side lets a kept connection end too.
      socket.end();
    });
    socket.resume();
  });
  await bounded(closed, 'the end of a connection', 20_000);
  return received;
}

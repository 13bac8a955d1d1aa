/** A stream of changes to a reader that does not read, over a real connection. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import express, { type Response } from 'express';
import type { Change } from '../../src/gate/ports.js';
import { streamChanges } from '../../src/http/management/change-stream.js';
import { OpenStreams } from '../../src/http/management/open-streams.js';
import { RecentChanges } from '../../src/store/recent-changes.js';
import { bounded, eventually } from '../support/e2e/eventually.js';

const START = '0-start';
const MEBIBYTE = 1_048_576;
/** Each change is about this long; the kernel's buffers hold dozens of them. */
const CHANGE_LENGTH = 200_000;

let changes: RecentChanges;
let isAllowed: () => boolean;
let closing: AbortController;
let server: Server;
let responses: Response[];
let readers: Socket[];

beforeEach(async () => {
  changes = new RecentChanges(START);
  isAllowed = () => true;
  closing = new AbortController();
  const streams = new OpenStreams(closing.signal);
  responses = [];
  readers = [];
  const app = express().get('/{:after}', (request, response) => {
    responses.push(response);
    const after = request.params['after'] ?? START;
    streamChanges(response, { after, changes, isStillAllowed: () => isAllowed() });
    streams.add(response);
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const reader of readers) reader.destroy();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

function nextChange(length = CHANGE_LENGTH): Change {
  const previous = changes.kept.at(-1)?.revision ?? START;
  const revision = `${String(Number.parseInt(previous, 10) + 1)}-x`;
  const touched = { clients: ['x'.repeat(length)], groups: [], roles: [], settings: false };
  const change: Change = {
    revision,
    previous,
    at: '',
    via: 'token',
    by: 'token',
    from: '',
    commands: [],
    touched,
  };
  changes.add(change, () => []);
  return change;
}

/** Asks for a stream, and does not read what comes. */
async function open(after = START): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').pause();
  readers.push(socket);
  socket.on('error', () => undefined).write(`GET /${after} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await eventually(
    () => responses.length,
    (count) => count === readers.length,
  );
  return socket;
}

/** What comes until the other side closes. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.resume();
  await bounded(once(socket, 'close'), 'the end of a connection');
  return text;
}

const idsIn = (text: string): string[] => [...text.matchAll(/^id: (\S+)$/gm)].map(([, id = '']) => id);
const connections = (): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
/** What is kept in this process for a reader. */
const unread = (): number => responses.at(-1)?.writableLength ?? 0;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a stream of changes that nobody reads', () => {
  it('keeps next to nothing of them, and ends when the log has forgotten where it was', async () => {
    await open();
    let most = 0;
    // As much as kernels buffer of a connection, and what the log keeps, many times over.
    for (let i = 0; i < 1_000 && (await connections()) === 1; i++) {
      nextChange();
      most = Math.max(most, unread());
      await turn();
    }
    expect(await connections()).toBe(0);
    expect(most).toBeGreaterThan(CHANGE_LENGTH / 2);
    expect(most).toBeLessThan(MEBIBYTE);
    // Nobody is told any more.
    nextChange();
    expect(unread()).toBeLessThan(MEBIBYTE);
  });

  it('goes on where it stopped, once it is read', async () => {
    const reader = await open();
    const made: string[] = [];
    while (unread() < CHANGE_LENGTH / 2) {
      made.push(nextChange().revision);
      await turn();
    }
    for (let i = 0; i < 5; i++) made.push(nextChange().revision);
    let text = '';
    reader.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    reader.resume();
    await eventually(
      () => idsIn(text),
      (ids) => ids.length >= made.length,
    );
    expect(idsIn(text)).toEqual(made);
  });

  it('can begin where it was cut off, and nothing is missed', async () => {
    for (let i = 0; i < 5; i++) nextChange();
    const first = await open();
    first.resume();
    let text = '';
    first.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await eventually(
      () => idsIn(text).length,
      (count) => count >= 2,
    );
    first.destroy();
    const last = idsIn(text).at(-1);
    const second = await open(last);
    nextChange(1);
    isAllowed = () => false;
    // It ends with the next one.
    nextChange(1);
    const rest = idsIn(await readAll(second));
    const all = changes.kept.map(({ revision }) => revision);
    expect([...idsIn(text), ...rest]).toEqual(all.slice(0, -1));
  });
});

describe('a stream of changes', () => {
  it.each<readonly [string, () => boolean]>([
    ['who may not any more', () => false],
    [
      'of whom it cannot be told',
      () => {
        throw new Error('it cannot be told');
      },
    ],
  ])('ends for a reader %s', async (_who, answer) => {
    const reader = await open();
    nextChange(1);
    isAllowed = answer;
    nextChange(1);
    expect(idsIn(await readAll(reader))).toEqual(['1-x']);
    expect(await connections()).toBe(0);
  });

  it('ends when the service does, with all that there is, and also one that comes late', async () => {
    const reader = await open();
    nextChange(1);
    closing.abort();
    await eventually(
      () => responses.map(({ writableFinished }) => writableFinished),
      (finished) => finished.every(Boolean),
    );
    const late = await open();
    expect(responses.map(({ writableEnded }) => writableEnded)).toEqual([true, true]);
    server.close();
    server.closeIdleConnections();
    const texts = await Promise.all([reader, late].map(readAll));
    expect(texts.map(idsIn)).toEqual([['1-x'], ['1-x']]);
    // The last chunk of an answer that was not cut.
    for (const text of texts) expect(text).toMatch(/\r\n0\r\n\r\n$/);
  });

  it('is cut off when the service ends, where its reader has left unread what there is', async () => {
    await open();
    while (responses.at(-1)?.writableNeedDrain !== true) {
      nextChange();
      await turn();
    }
    closing.abort();
    await eventually(connections, (count) => count === 0);
    expect(responses.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('sends at once all that was missed, as much as it is', async () => {
    for (let i = 0; i < 9; i++) nextChange();
    const reader = await open();
    isAllowed = () => true;
    let text = '';
    reader.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    reader.resume();
    await eventually(
      () => idsIn(text).length,
      (count) => count === 9,
    );
    expect(idsIn(text)).toEqual(changes.kept.map(({ revision }) => revision));
  });
});

import type { Response } from 'express';
import type { Change, ChangeLog } from '../../gate/ports.js';

/** What a stream of changes needs. */
export interface ChangeStream {
  /** It begins with what came after this revision, one that the log knows; undefined: with the oldest that it keeps. */
  readonly after: string | undefined;
  readonly changes: ChangeLog;
  /** Asked before each event: who has lost the right sees no more. */
  readonly isStillAllowed: () => boolean;
}

/** How many changes are looked up at a time. */
const PAGE = 100;

/** How often something is sent where nothing happens, so that proxies and readers know that the stream lives. */
const HEARTBEAT_MS = 15_000;

/** How long a reader may leave unread what is there for it. */
const STUCK_MS = 60_000;

/**
 * Sends changes as server-sent events, the revision as their id, until the reader goes, or may not any more.
 * Nothing is kept for who reads slowly: what comes next is looked up when there is room for it. Who falls behind what
 * the log keeps, or reads nothing at all, is cut off, and can begin where it was.
 */
export function streamChanges(response: Response, stream: ChangeStream): void {
  response.status(200).set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  response.setTimeout(STUCK_MS);
  const send = createSender(response, stream);
  const unsubscribe = stream.changes.subscribe(send);
  const heartbeat = setInterval(() => {
    if (!mayGoOn(stream)) response.end();
    else if (hasRoom(response)) response.write(':\n\n');
  }, HEARTBEAT_MS);
  response.on('drain', send).on('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
  });
  send();
}

/** Makes what sends all that is new, as far as there is room for it. */
function createSender(response: Response, stream: ChangeStream): () => void {
  let { after } = stream;
  /** Whether there may be more to send. */
  const sendPage = (): boolean => {
    const page = stream.changes.after(after, PAGE);
    if (!page) response.destroy();
    for (const change of page ?? []) {
      if (!mayGoOn(stream)) response.end();
      if (!hasRoom(response)) return false;
      response.write(eventOf(change));
      after = change.revision;
    }
    return page?.length === PAGE;
  };
  return () => {
    while (sendPage());
  };
}

/** SECURITY: who cannot be told to be allowed is not. */
function mayGoOn({ isStillAllowed }: ChangeStream): boolean {
  try {
    return isStillAllowed();
  } catch {
    return false;
  }
}

function hasRoom(response: Response): boolean {
  return !response.writableEnded && !response.destroyed && !response.writableNeedDrain;
}

function eventOf(change: Change): string {
  return `id: ${change.revision}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
}

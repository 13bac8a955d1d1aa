import type { Response } from 'express';
import type { Change, ChangeLog } from '../../gate/ports.js';

/** What a stream of changes needs. */
export interface ChangeStream {
  /** What came before the stream begins. */
  readonly missed: readonly Change[];
  readonly changes: ChangeLog;
  /** Asked before each event: who has lost the right sees no more. */
  readonly isStillAllowed: () => boolean;
}

/** What a reader may leave unread; then the stream ends, and it can begin where it was. */
const MAX_UNREAD_BYTES = 1_048_576;

/** How often something is sent where nothing happens, so that proxies and readers know that the stream lives. */
const HEARTBEAT_MS = 15_000;

/** Sends changes as server-sent events, the revision as their id, until the reader goes, lags, or may not any more. */
export function streamChanges(response: Response, { missed, changes, isStillAllowed }: ChangeStream): void {
  response.status(200).set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const send = (text: string): void => {
    if (response.writableEnded) return;
    if (!isStillAllowed() || response.writableLength > MAX_UNREAD_BYTES) response.end();
    else response.write(text);
  };
  for (const change of missed) send(eventOf(change));
  const unsubscribe = changes.subscribe((change) => {
    send(eventOf(change));
  });
  const heartbeat = setInterval(() => {
    send(':\n\n');
  }, HEARTBEAT_MS);
  response.on('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
  });
}

function eventOf(change: Change): string {
  return `id: ${change.revision}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
}

/** Who reads changes as server-sent events. */
import { request, type IncomingHttpHeaders } from 'node:http';
import type { Change } from '../../../src/gate/ports.js';
import { bounded, eventually } from '../e2e/eventually.js';
import { ADMIN_TOKEN } from './management.js';

/** How a stream is asked for. */
export interface ChangeReaderOptions {
  /** The value of the Authorization header; the token unless told otherwise. */
  readonly as?: string;
  /** `?after=`. */
  readonly after?: string;
  readonly lastEventId?: string;
}

/** A stream that is open. */
export interface ChangeReader {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Everything that came so far. */
  text(): string;
  /** Every event that came so far, its id found to be its revision. */
  changes(): readonly Change[];
  /** Waits until that many events have come. */
  until(count: number): Promise<readonly Change[]>;
  /** Waits for the service to end it, and tells what had come. */
  untilEnded(): Promise<readonly Change[]>;
  /** Whether it ended as answers do; false where the connection was cut. */
  isComplete(): boolean;
  /** Goes away. */
  close(): void;
}

/** Opens a stream of changes. */
export function readChanges(
  { url }: { readonly url: string },
  { as = `Bearer ${ADMIN_TOKEN}`, after, lastEventId }: ChangeReaderOptions = {},
): Promise<ChangeReader> {
  const { hostname, port } = new URL(url);
  const path = `/v1/changes${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`;
  const headers = {
    Accept: 'text/event-stream',
    Authorization: as,
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  };
  const opened = new Promise<ChangeReader>((resolve, reject) => {
    const outgoing = request({ agent: false, hostname, port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      const ended = new Promise<void>((settle) => response.once('close', () => settle()));
      const changes = (): readonly Change[] => eventsIn(text);
      resolve({
        ...{ status: response.statusCode ?? 0, headers: response.headers, text: () => text, changes },
        until: (count) => eventually(changes, ({ length }) => length >= count),
        untilEnded: async () => {
          await bounded(ended, 'the end of a stream');
          return changes();
        },
        isComplete: () => response.complete,
        close: () => outgoing.destroy(),
      });
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
  return bounded(opened, 'a stream of changes');
}

/** @throws Error for what is no event, and no heartbeat. */
function eventsIn(text: string): readonly Change[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    if (block === ':') return [];
    const [, id, data = ''] = /^id: (\S+)\nevent: change\ndata: (.*)$/.exec(block) ?? [];
    const change = JSON.parse(data) as Change;
    if (change.revision !== id)
      throw new Error(`the id of an event is not its revision: ${block.slice(0, 200)}`);
    return [change];
  });
}

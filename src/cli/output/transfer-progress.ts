import type { Transfer } from '../api-client.js';

/** What is shown of a transfer while it runs. */
export interface TransferProgress {
  readonly show: (transfer: Transfer) => void;
  /** Leaves the line empty. */
  readonly end: () => void;
}

/** Less than this is done before anybody could read about it. */
const WORTH_SHOWING_BYTES = 1_048_576;

const TICK_MS = 500;

/** Shows a transfer on a line that is written over; small ones, and all where nobody looks, are not shown. */
export function transferProgress(showLine: ((line: string) => void) | undefined): TransferProgress {
  if (!showLine) return { show: () => undefined, end: () => undefined };
  let clock: NodeJS.Timeout | undefined;
  let isShown = false;
  const write = (line: string): void => {
    isShown = true;
    showLine(line);
  };
  return {
    show: (transfer) => {
      if (Math.max(transfer.bytes, transfer.totalBytes ?? 0) < WORTH_SHOWING_BYTES) return;
      clearInterval(clock);
      write(describe(transfer));
      if (transfer.phase === 'waiting') clock = countSeconds(write);
    },
    end: () => {
      clearInterval(clock);
      if (isShown) showLine('');
    },
  };
}

function countSeconds(write: (line: string) => void): NodeJS.Timeout {
  const begun = performance.now();
  return setInterval(() => {
    write(`the service is at work: ${Math.floor((performance.now() - begun) / 1_000)} s`);
  }, TICK_MS);
}

function describe({ phase, bytes, totalBytes }: Transfer): string {
  if (phase === 'waiting') return 'the service is at work';
  const verb = phase === 'sending' ? 'sent' : 'received';
  if (totalBytes === undefined) return `${verb}: ${megabytes(bytes)} MB`;
  const percent = Math.floor((100 * bytes) / totalBytes);
  return `${verb}: ${megabytes(bytes)} of ${megabytes(totalBytes)} MB (${percent} %)`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

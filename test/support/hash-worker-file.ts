import { resolve } from 'node:path';

/** The compiled worker of the hash threads: threads do not run TypeScript. `npm test` builds it before. */
export const HASH_WORKER_FILE = resolve(__dirname, '../../dist/credentials/hash-worker.js');

/** A worker that does what a password tells it to do: see there. */
export const ODD_HASH_WORKER_FILE = resolve(__dirname, 'odd-hash-worker.mjs');

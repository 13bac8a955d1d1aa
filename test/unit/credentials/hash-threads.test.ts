import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDecoys } from '../../../src/credentials/decoys.js';
import { HashPool } from '../../../src/credentials/hash-pool.js';
import { ODD_HASH_WORKER_FILE } from '../../support/hash-worker-file.js';

const STORED = { encoded: '$2y$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC' };
const DEATHS = ['end the thread', 'crash the thread'];

let directory: string;
let pool: HashPool;

/** No deadline ends before the test does, so that whoever is answered was not left to it. */
function open(workerFile: string, threads: number): void {
  const decoys = createDecoys([], { form: 'bcrypt', cost: 4 });
  pool = new HashPool({ workerFile, decoys, threads, deadlineMs: 60_000 });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-hash-'));
});

afterEach(async () => {
  await pool.close();
  await rm(directory, { recursive: true });
});

describe('a hash thread that dies', () => {
  it.each(DEATHS)('leaves its comparison undecided, and the pool goes on: %s', async (death) => {
    open(ODD_HASH_WORKER_FILE, 1);
    for (let i = 0; i < 3; i += 1) {
      const dying = pool.verify('mallory', STORED, death);
      const behind = pool.verify('mallory', STORED, 'say yes');
      await expect(dying).rejects.toMatchObject({ code: 'undecided', reason: 'internal' });
      expect(await behind).toBe('correct');
    }
  });

  it.each(DEATHS)('does not take the comparisons of other threads along: %s', async (death) => {
    open(ODD_HASH_WORKER_FILE, 2);
    const dying = [1, 2, 3, 4, 5].map((i) =>
      pool.verify(`mallory${i}`, STORED, death).catch(() => 'undecided'),
    );
    const others = [1, 2, 3, 4, 5].map((i) => pool.verify(`user${i}`, STORED, 'say yes'));
    expect(await Promise.all(others)).toEqual(others.map(() => 'correct'));
    expect(await Promise.all(dying)).toEqual(dying.map(() => 'undecided'));
    expect([pool.running, pool.waiting]).toEqual([0, 0]);
  });
});

describe('a hash thread that does not start', () => {
  it('leaves everybody undecided without a wait for the deadline, until one starts again', async () => {
    const workerFile = join(directory, 'worker.mjs');
    await writeFile(workerFile, 'throw new Error("does not start");\n');
    open(workerFile, 2);
    for (let i = 0; i < 3; i += 1) {
      const verdicts = [1, 2, 3].map((n) => pool.verify(`user${n}`, STORED, 'say yes'));
      for (const verdict of verdicts) await expect(verdict).rejects.toMatchObject({ reason: 'internal' });
    }
    await copyFile(ODD_HASH_WORKER_FILE, workerFile);
    expect(await pool.verify('alice', STORED, 'say yes')).toBe('correct');
  });

  it('does not hold up the process when the file is not there', async () => {
    open(join(directory, 'nowhere.mjs'), 1);
    await expect(pool.verify('alice', STORED, 'say yes')).rejects.toMatchObject({ reason: 'internal' });
  });
});

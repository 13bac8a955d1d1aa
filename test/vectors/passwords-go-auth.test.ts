/**
 * Hashes in the spellings of mosquitto-go-auth (README.md beside this), through real hash threads.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createDecoys } from '../../src/credentials/decoys.js';
import { HashPool } from '../../src/credentials/hash-pool.js';
import { HASH_WORKER_FILE } from '../support/hash-worker-file.js';

interface Recorded {
  readonly plaintext: string;
  readonly encoded: string;
  readonly format: string;
}

const file = join(__dirname, 'passwords-go-auth.json');
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

describe('password hashes as mosquitto-go-auth writes them', () => {
  let pool: HashPool;
  beforeAll(() => {
    const decoys = createDecoys(recorded, { form: 'bcrypt', cost: 4 });
    pool = new HashPool({ workerFile: HASH_WORKER_FILE, decoys, threads: 2, deadlineMs: 15_000 });
  });
  afterAll(() => pool.close());

  it('are all there', () => {
    expect(recorded).toHaveLength(48);
  });

  it.each(recorded.map((entry, index) => [index, entry.format, entry] as const))(
    'number %d (%s) fits its password and no other',
    async (_index, _format, { encoded, plaintext }) => {
      expect(await pool.verify('user', { encoded }, plaintext)).toBe('correct');
      expect(await pool.verify('user', { encoded }, `${plaintext.slice(0, -1)}z`)).toBe('wrong');
    },
  );
});

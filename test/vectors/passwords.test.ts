/**
 * Hashes that Mosquitto's own tools and plugins made (README.md beside this), through real hash threads.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StoredPassword } from '../../src/dynsec/entities.js';
import { createDecoys } from '../../src/credentials/decoys.js';
import { HashPool } from '../../src/credentials/hash-pool.js';
import { HASH_WORKER_FILE } from '../support/hash-worker-file.js';

interface Recorded {
  readonly plaintext: string;
  readonly encoded:
    string | { readonly password: string; readonly salt: string; readonly iterations: number };
  readonly format: string;
  readonly source: string;
}

const recorded = JSON.parse(readFileSync(join(__dirname, 'passwords.json'), 'utf8')) as readonly Recorded[];

function storedPassword({ encoded }: Recorded): StoredPassword {
  return typeof encoded === 'string' ? { encoded } : encoded;
}

/** A password that is not the one, and differs from it in one place. */
function another(plaintext: string): string {
  return plaintext.endsWith('x') ? `${plaintext.slice(0, -1)}y` : `${plaintext}x`;
}

describe('recorded password hashes', () => {
  let pool: HashPool;
  beforeAll(() => {
    const decoys = createDecoys(recorded.map(storedPassword), { form: 'bcrypt', cost: 4 });
    pool = new HashPool({ workerFile: HASH_WORKER_FILE, decoys, threads: 2, deadlineMs: 15_000 });
  });
  afterAll(() => pool.close());

  it('are all there', () => {
    expect(recorded).toHaveLength(150);
  });

  it.each(recorded.map((entry, index) => [index, entry.format, entry.source, entry] as const))(
    'number %d (%s, %s) fits its password and no other',
    async (_index, _format, _source, entry) => {
      const stored = storedPassword(entry);
      expect(await pool.verify('user', stored, entry.plaintext)).toBe('correct');
      expect(await pool.verify('user', stored, another(entry.plaintext))).toBe('wrong');
      expect(await pool.verify('user', stored, `${entry.plaintext}\0`)).toBe('wrong');
    },
  );
});

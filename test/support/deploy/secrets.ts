/** What `deploy/create-secrets.sh` makes, in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The secrets of a deployment. */
export interface Secrets {
  readonly dir: string;
  /** Without the line break at its end. */
  read(name: string): string;
  remove(): void;
}

/** Makes them as an operator does. @param dir where; a new folder unless told otherwise. */
export function createSecrets(dir = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'))): Secrets {
  execFileSync('deploy/create-secrets.sh', [dir], { stdio: 'pipe' });
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8').replace(/\n$/, '');
  const remove = (): void => {
    rmSync(dir, { recursive: true });
  };
  return { dir, read, remove };
}

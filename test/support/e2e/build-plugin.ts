/** Builds the test plugin of `test/e2e/plugin` against the headers of the broker that is installed here. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A shared object that Mosquitto can load. */
export interface BuiltPlugin {
  /** For `auth_plugin` in mosquitto.conf. */
  readonly path: string;
  /** Removes the directory that was made for it. */
  remove(): void;
}

const SOURCES = ['gatehouse_test_plugin.c', 'go_wire.c'];
const FLAGS = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared'];
const NEEDS = 'the end-to-end tests need Debian packages: gcc mosquitto mosquitto-dev libcurl4-openssl-dev';

/** Compiles the plugin into a temporary directory. Throws with the compiler's words if it cannot. */
export function buildPlugin(): BuiltPlugin {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-plugin-'));
  const path = join(dir, 'gatehouse_test_plugin.so');
  const remove = (): void => {
    rmSync(dir, { recursive: true, force: true });
  };
  const folder = resolve('test/e2e/plugin');
  const sources = SOURCES.map((name) => join(folder, name));
  const gcc = spawnSync('gcc', [...FLAGS, '-o', path, ...sources, '-lcurl'], { encoding: 'utf8' });
  if (gcc.status === 0) return { path, remove };
  remove();
  throw new Error(`the test plugin was not built; ${NEEDS}\n${gcc.error?.message ?? gcc.stderr}`);
}

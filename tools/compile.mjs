import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, inRoot } from './paths.mjs';
import { runOrFail, say } from './run.mjs';

const DIST = inRoot('dist');
const STAMP = 'built-from';
const SCRATCH = '.dist-';

/** Whether dist/ was built from the sources as they are now. */
export function isBuilt() {
  const stamp = join(DIST, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash();
}

/**
 * Builds dist/ anew: compiled sources, and the files beside them that are not TypeScript. It is made apart and then
 * put in place, so that there is never half a dist/ and nothing stale in it.
 */
export async function compile(onSpawn) {
  say('building (a few seconds)');
  const hash = sourceHash();
  const next = inRoot(`${SCRATCH}next`);
  removeScratch();
  try {
    await compileInto(next, onSpawn);
    copyAssets(next);
    writeFileSync(join(next, STAMP), hash);
    if (existsSync(DIST)) renameSync(DIST, inRoot(`${SCRATCH}old`));
    renameSync(next, DIST);
  } finally {
    removeScratch();
  }
}

function compileInto(folder, onSpawn) {
  return runOrFail(
    process.execPath,
    [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', folder],
    { stdio: ['ignore', 2, 2], onSpawn },
    'the build failed; the compiler says why above',
  );
}

function removeScratch() {
  for (const name of readdirSync(ROOT)) {
    if (name.startsWith(SCRATCH)) rmSync(inRoot(name), { recursive: true });
  }
}

function sources() {
  return readdirSync(inRoot('src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function copyAssets(target) {
  const assets = sources().filter((path) => !path.endsWith('.ts'));
  for (const path of assets) cpSync(path, join(target, relative(inRoot('src'), path)));
}

/** Of everything that the build depends on, apart from the compiler itself. */
function sourceHash() {
  const hash = createHash('sha256');
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'tools/compile.mjs'].map((name) => inRoot(name));
  for (const path of [...settings, ...sources()]) {
    const content = readFileSync(path);
    hash.update(`${relative(ROOT, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

import { readFileSync } from 'node:fs';
import { compile, isBuilt } from './compile.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { inRoot } from './paths.mjs';
import { ToolError } from './run.mjs';

/**
 * Makes a folder ready that may be a bare clone: installs the dependencies and builds, each only if need be.
 * Where all is ready it only reads, and takes a fraction of a second.
 */
export async function prepare({ rebuild = false } = {}) {
  requireNode();
  if (isInstalled() && isBuilt() && !rebuild) return;
  await withLock(async (onSpawn) => {
    // Looked at again: whoever held the lock before may have done it all.
    if (!isInstalled()) await install(onSpawn);
    if (rebuild || !isBuilt()) await compile(onSpawn);
  });
}

function requireNode() {
  const wanted = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).engines.node;
  const [major, minor] = wanted.replace(/^\D+/, '').split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  throw new ToolError(`Node.js ${wanted} is needed, and this is \`${process.versions.node}\``);
}

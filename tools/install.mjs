import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { runOrFail, say } from './run.mjs';

/** Says for which manifest, lock and machine node_modules was installed. */
const STAMP = inRoot('node_modules', '.prepared');

/** Whether the dependencies are in place, for these files and this machine. */
export const isInstalled = () => read(STAMP) === wantedStamp();

/** Installs the dependencies, unless npm's own record says that exactly these are there already. */
export async function install(onSpawn) {
  if (!isAsLocked()) {
    say('installing the dependencies (once, less than a minute)');
    const [file, ...args] = npm();
    const options = ['ci', '--include=dev', '--no-audit', '--no-fund'];
    // 2: what npm says goes to standard error.
    await runOrFail(
      file,
      [...args, ...options],
      { stdio: ['ignore', 2, 2], onSpawn },
      'the dependencies could not be installed; npm says why above',
    );
  }
  writeFileSync(STAMP, wantedStamp());
}

/** The npm that started this, else the one on the path. */
function npm() {
  const cli = process.env.npm_execpath ?? '';
  return /npm-cli\.c?js$/.test(cli) && existsSync(cli) ? [process.execPath, cli] : ['npm'];
}

/** Native parts are built for a platform and, some of them, for a major version of Node.js. */
const machine = () => `node ${process.versions.node.split('.', 1)[0]} ${process.platform} ${process.arch}`;

function wantedStamp() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) hash.update(`${read(inRoot(file))}\0`);
  return `${machine()}\n${hash.digest('hex')}\n`;
}

/** Whether somebody who knows what he does ran npm himself: then all that is missing is the stamp. */
function isAsLocked() {
  const stamp = read(STAMP);
  const record = read(inRoot('node_modules', '.package-lock.json'));
  if (record === undefined || (stamp !== undefined && stamp.split('\n', 1)[0] !== machine())) return false;
  const { '': root, ...wanted } = JSON.parse(read(inRoot('package-lock.json'))).packages;
  const present = JSON.parse(record).packages;
  return (
    agrees(JSON.parse(read(inRoot('package.json'))), root) &&
    Object.entries(wanted).every(([path, { version, optional }]) =>
      path in present ? present[path].version === version : optional,
    ) &&
    Object.keys(present).every((path) => path in wanted)
  );
}

function agrees(manifest, locked) {
  const wishes = ({ dependencies = {}, devDependencies = {} }) =>
    JSON.stringify([dependencies, devDependencies].map((record) => Object.entries(record).sort()));
  return wishes(manifest) === wishes(locked);
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

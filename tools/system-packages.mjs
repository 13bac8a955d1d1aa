import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ToolError, runOrFail, say } from './run.mjs';

const SEARCH_PATH = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin'];

/** Debian's packages that the tests use, each with what shows that it is there, wherever it came from. */
const PACKAGES = {
  'redis-server': () => hasCommand('redis-server'),
  mosquitto: () => hasCommand('mosquitto'),
  'mosquitto-clients': () => hasCommand('mosquitto_pub') && hasCommand('mosquitto_sub'),
  curl: () => hasCommand('curl'),
  openssl: () => hasCommand('openssl'),
  gcc: () => hasCommand('gcc'),
  'libc6-dev': () => hasHeaders('stdlib.h', 'string.h'),
  'libmosquitto-dev': () => hasHeaders('mosquitto.h'),
  'mosquitto-dev': () => hasHeaders('mosquitto.h', 'mosquitto_broker.h', 'mosquitto_plugin.h'),
  'libcurl4-openssl-dev': () => hasHeaders('curl/curl.h'),
};

/** Has what the tests use beside npm's packages: installs what is missing as root, else says what to install. */
export async function requireSystemPackages() {
  const missing = findMissing();
  if (missing.length === 0) return;
  const advice = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!canInstall())
    throw new ToolError(`the tests need packages that are not installed; as root: ${advice}`);
  say(`installing for the tests: ${missing.join(', ')}`);
  await aptGet('update', '-q');
  await aptGet('install', '-q', '-y', '--no-install-recommends', ...missing);
  const still = findMissing();
  if (still.length > 0) throw new ToolError(`still missing after apt-get: ${still.join(', ')}`);
}

const findMissing = () =>
  Object.entries(PACKAGES)
    .filter(([, isThere]) => !isThere())
    .map(([name]) => name);

const canInstall = () => process.getuid?.() === 0 && hasCommand('apt-get');

function aptGet(...args) {
  // The last two keep the packages from starting services: the tests start their own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', SYSTEMD_OFFLINE: '1' };
  return runOrFail('apt-get', args, { env, stdio: ['ignore', 2, 2] }, `apt-get ${args[0]} failed`);
}

function hasCommand(name) {
  return SEARCH_PATH.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Asks the compiler, who knows where headers are. */
function hasHeaders(...names) {
  const input = names.map((name) => `#include <${name}>\n`).join('');
  return spawnSync('gcc', ['-E', '-xc', '-'], { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

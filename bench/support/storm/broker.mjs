import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '../spawn.mjs';

const PATH = [process.env.PATH, '/usr/sbin'].join(delimiter);
const SOURCES = ['gatehouse_test_plugin.c', 'go_wire.c'];

/** Builds the plugin of the end-to-end tests, which asks over HTTP as mosquitto-go-auth does. @returns its path. */
export function buildPlugin(dir) {
  const path = join(dir, 'gatehouse_test_plugin.so');
  const sources = SOURCES.map((name) =>
    fileURLToPath(new URL(`../../../test/e2e/plugin/${name}`, import.meta.url)),
  );
  execFileSync('gcc', ['-std=gnu11', '-O2', '-fPIC', '-shared', '-o', path, ...sources, '-lcurl']);
  return path;
}

/** What mosquitto.conf says so that it asks an instance. */
export function askingLines(plugin, instancePort) {
  const options = {
    host: '127.0.0.1',
    port: instancePort,
    getuser_uri: '/auth/user',
    aclcheck_uri: '/auth/acl',
  };
  return [
    `auth_plugin ${plugin}`,
    ...Object.entries(options).map(([name, value]) => `auth_opt_http_${name} ${value}`),
  ];
}

/** Starts Debian's Mosquitto on a port, and does not wait until it listens. */
export async function startBroker({ dir, port, lines }) {
  const conf = join(dir, `mosquitto-${port}.conf`);
  const first = ['user root', 'log_dest none', `listener ${port} 127.0.0.1`, 'allow_anonymous false'];
  await writeFile(conf, [...first, ...lines, ''].join('\n'));
  const child = spawn('mosquitto', ['-c', conf], { stdio: 'ignore', env: { ...process.env, PATH } });
  const ended = once(child, 'close');
  return {
    /** Throws if it has ended. */
    alive() {
      if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Debian's `mosquitto_ctrl dynsec` and a broker with the plugin that it administers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mosquittoPlugin, startMosquitto } from '../mosquitto.js';
import type { Mosquitto } from '../mosquitto.js';
import type { CommandResult } from './run-gatehouse.js';
import { ADMIN } from './served-realm.js';

/** What it says each time about a connection without TLS, up to the empty line. */
const WARNING = /^Warning: You are running mosquitto_ctrl without encryption\.\n[^\n]*\n\n/;

const TIMEOUT_MS = 10_000;

/** A dynamic-security.json with the administrator {@link ADMIN}, as `mosquitto_ctrl dynsec init` writes it. */
export async function mosquittoDocument(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-ctrl-'));
  try {
    const file = join(folder, 'dynamic-security.json');
    await promisify(execFile)('mosquitto_ctrl', ['dynsec', 'init', file, ADMIN.username, ADMIN.password]);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Starts a broker on a document. */
export function startDynsecBroker(document: string): Promise<Mosquitto> {
  return startMosquitto({
    files: { 'dynamic-security.json': document },
    config: (dir, port) =>
      [
        `listener ${String(port)} 127.0.0.1`,
        `plugin ${mosquittoPlugin('mosquitto_dynamic_security.so')}`,
        `plugin_opt_config_file ${join(dir, 'dynamic-security.json')}`,
      ].join('\n'),
  });
}

/** Runs `mosquitto_ctrl dynsec ARGS` to its end, its warning about the missing TLS left out. */
export function runMosquittoCtrl({ port }: Mosquitto, args: readonly string[]): Promise<CommandResult> {
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-u', ADMIN.username, '-P', ADMIN.password];
  return new Promise((resolve) => {
    const child = execFile(
      'mosquitto_ctrl',
      [...connection, 'dynsec', ...args],
      { timeout: TIMEOUT_MS },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr: stderr.replace(WARNING, '') });
      },
    );
    child.stdin?.end();
  });
}

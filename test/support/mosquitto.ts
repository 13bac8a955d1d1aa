/**
 * A real Mosquitto broker for tests: on a free port of 127.0.0.1, in a temporary directory of its own,
 * ended by its process id. It needs Debian's package `mosquitto`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { onFreePort, stopper, untilReady } from './server-process.js';

/** What a broker is started with. */
export interface MosquittoSetup {
  /**
   * The text of mosquitto.conf, a `listener PORT 127.0.0.1` in it. `user root` and logging to stderr are put
   * before it; it leaves those alone, and may add `log_type` lines.
   */
  readonly config: (dir: string, port: number) => string;
  /** Files to write into the directory first: relative path to content. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A broker that runs. */
export interface Mosquitto {
  readonly port: number;
  readonly pid: number;
  /** Its temporary directory, where `mosquitto.conf` and the files are; gone after `stop`. */
  readonly dir: string;
  /** Everything that it has logged so far. */
  logs(): string;
  /** Ends the broker (SIGTERM, after 5 s SIGKILL) and removes its directory. May be called again. */
  stop(): Promise<void>;
  /** The same by SIGKILL, as when its machine loses power. */
  kill(): Promise<void>;
}

const PREAMBLE = [
  'user root',
  'log_dest stderr',
  ...['error', 'warning', 'notice', 'information'].map((type) => `log_type ${type}`),
];
const SEARCH_PATH = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter);

/** Starts a broker and waits until it listens. Throws with its log if it does not start. */
export function startMosquitto(setup: MosquittoSetup): Promise<Mosquitto> {
  return onFreePort((port) => startMosquittoOn(port, setup));
}

/** The path of one of the plugins that come with Mosquitto, e.g. `mosquitto_dynamic_security.so`. */
export function mosquittoPlugin(name: string): string {
  const folders = readdirSync('/usr/lib', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join('/usr/lib', entry.name));
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no \`${name}\` under /usr/lib/*/: is mosquitto installed?`);
  return found;
}

/** As {@link startMosquitto}, on that port. */
export async function startMosquittoOn(port: number, setup: MosquittoSetup): Promise<Mosquitto> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-mosquitto-'));
  let child: ChildProcess | undefined;
  try {
    await writeFiles(dir, setup.files ?? {});
    const text = [...PREAMBLE, setup.config(dir, port), ''].join('\n');
    await writeFile(join(dir, 'mosquitto.conf'), text);
    child = spawn('mosquitto', ['-c', join(dir, 'mosquitto.conf')], {
      cwd: dir,
      env: { ...process.env, PATH: SEARCH_PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { pid, logs } = await untilReady(child, 'mosquitto', /mosquitto version \S+ running/);
    return { port, pid, dir, logs, stop: stopper(child, dir), kill: stopper(child, dir, 'SIGKILL') };
  } catch (error) {
    if (child === undefined) await rm(dir, { recursive: true, force: true });
    else await stopper(child, dir)();
    throw error;
  }
}

async function writeFiles(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}

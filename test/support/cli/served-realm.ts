/** A service that runs on a document of its own, and commands that are sent to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowAll, documentOf } from '../e2e/document.js';
import type { Gatehouse } from '../e2e/gatehouse.js';
import { startGatehouse } from '../e2e/gatehouse.js';
import { runInside } from './command-line.js';
import type { CommandResult, CommandSetup } from './run-gatehouse.js';
import { runGatehouse } from './run-gatehouse.js';

/** The token that opens the service. */
export const ADMIN_TOKEN = 'a-token-for-the-tests-of-the-command-line';

/** The one client of the document: it may administer. */
export const ADMIN = { username: 'admin', password: 'the password of admin' } as const;

const DOCUMENT = documentOf({
  clients: [{ ...ADMIN, roles: ['admin'] }],
  roles: { admin: allowAll('$CONTROL/dynamic-security/#') },
});

/** One service. */
export class ServedRealm {
  private constructor(
    private readonly service: Gatehouse,
    /** A folder for the files of a test; gone after `stop`. */
    readonly folder: string,
  ) {}

  /** @param document the text of the dynamic-security.json. */
  static async start(document = DOCUMENT): Promise<ServedRealm> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-realm-'));
    const file = join(folder, 'dynamic-security.json');
    await writeFile(file, document);
    const env = { GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN, GATEHOUSE_LOG_LEVEL: 'warn' };
    try {
      return new ServedRealm(await startGatehouse({ file, env }), folder);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  get url(): string {
    return this.service.url;
  }

  /** The path of a file in the folder. */
  at(name: string): string {
    return join(this.folder, name);
  }

  /** Runs `gatehouse COMMAND --url URL ARGS` with the token. */
  run(command: string, args: readonly string[], setup: CommandSetup = {}): Promise<CommandResult> {
    return runGatehouse([command, '--url', this.url, ...args], {
      ...setup,
      cwd: this.folder,
      env: { GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN, ...setup.env },
    });
  }

  /** The same inside the test. */
  runInside(command: string, args: readonly string[]): Promise<CommandResult> {
    return runInside([command, '--url', this.url, ...args], ADMIN_TOKEN);
  }

  /** Runs `gatehouse dynsec ARGS` inside the test, which has to work, and returns its output. */
  async dynsec(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.runInside('dynsec', args);
    if (code !== 0)
      throw new Error(`gatehouse dynsec ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
    return stdout;
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await rm(this.folder, { recursive: true });
  }
}

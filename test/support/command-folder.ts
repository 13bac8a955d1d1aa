/** `gatehouse` as it is typed: the built program as a process, in a temporary folder of its own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '../../dist/main.js');

/** Longer than any command of the tests takes, however busy the machine is. */
const TIMEOUT_MS = 60_000;

/** How a command ended. */
export interface CommandResult {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** A folder with files to run commands on. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'gatehouse-command-'));

  constructor() {
    if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build');
  }

  /** Writes a file; what is no text becomes JSON. */
  write(name: string, content: string | object): void {
    writeFileSync(this.at(name), typeof content === 'string' ? content : JSON.stringify(content));
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** `gatehouse <args>`, nobody watching. */
  run(args: readonly string[], env: Environment = {}): Promise<CommandResult> {
    return this.#spawn(process.execPath, [MAIN, ...args], env);
  }

  /** The same on a terminal (`script` of Debian's bsdutils); what is printed has the line ends of one. */
  async runOnTerminal(args: readonly string[], env: Environment = {}): Promise<CommandResult> {
    const command = [process.execPath, MAIN, ...args].map(quote).join(' ');
    const result = await this.#spawn('script', ['-qec', command, '/dev/null'], { TERM: 'xterm', ...env });
    return { ...result, stdout: result.stdout.replaceAll('\r\n', '\n') };
  }

  /** A script of bash in which `gatehouse` is the command. */
  runInShell(script: string, env: Environment = {}): Promise<CommandResult> {
    const gatehouse = `gatehouse() { ${quote(process.execPath)} ${quote(MAIN)} "$@"; }\n`;
    return this.#spawn('bash', ['-c', gatehouse + script], env);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  #spawn(file: string, args: readonly string[], env: Environment): Promise<CommandResult> {
    const { PATH } = process.env;
    // Nothing of the tests' own environment, no options file of whoever runs them.
    const environment = { ...(PATH === undefined ? {} : { PATH }), HOME: this.path, ...env };
    const options = { cwd: this.path, env: environment, timeout: TIMEOUT_MS, maxBuffer: 64 << 20 };
    return new Promise((resolve) => {
      const child = execFile(file, args, options, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : null) : 0;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.end();
    });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A small project with the tools of this one, in a temporary folder: what `npm start` and `npm test` do there touches
 * nothing else. Its dependencies are links to the ones that are installed here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

const FILES = {
  'package.json': '{ "type": "module", "engines": { "node": ">=20.19" } }',
  'package-lock.json': '{ "lockfileVersion": 3, "packages": { "": {} } }',
  // npm's own record of what it has installed.
  'node_modules/.package-lock.json': '{ "lockfileVersion": 3, "packages": {} }',
  'tsconfig.json':
    '{ "compilerOptions": { "module": "node20", "target": "es2023", "lib": ["es2023"], "types": [], "skipLibCheck": true } }',
  'tsconfig.build.json':
    '{ "extends": "./tsconfig.json", "compilerOptions": { "rootDir": "src" }, "include": ["src"] }',
};

/** How a tool ended. */
export interface ToolResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project in a folder of its own. */
export class ProjectFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'gatehouse-project-'));

  constructor() {
    cpSync(join(ROOT, 'tools'), this.at('tools'), { recursive: true });
    for (const [name, content] of Object.entries(FILES)) this.write(name, content);
    for (const name of ['jest', 'typescript']) {
      symlinkSync(join(ROOT, 'node_modules', name), this.at('node_modules', name));
    }
  }

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }

  /** Runs `tools/<name>.mjs` to its end. */
  async run(name: string, ...args: string[]): Promise<ToolResult> {
    const options = { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
    const child = spawn(process.execPath, [this.at('tools', `${name}.mjs`), ...args], options);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

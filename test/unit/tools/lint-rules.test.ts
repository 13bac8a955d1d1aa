import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const IMPORTS = '@typescript-eslint/no-restricted-imports';

type Case = readonly [file: string, code: string];
interface Finding {
  readonly ruleId: string | null;
  readonly message: string;
}

/** What is refused, by the rule that refuses it. */
const REFUSED: Readonly<Record<string, readonly Case[]>> = {
  [IMPORTS]: [
    ['src/dynsec/a.ts', `import { readFileSync } from 'node:fs'; readFileSync('');`],
    ['src/dynsec/a.ts', `import fs from 'fs'; fs.readFileSync('');`],
    ['src/dynsec/a.ts', `import { z } from 'zod'; z.string();`],
    ['src/dynsec/a.ts', `import type { Snapshot } from '../gate/ports.js'; export type A = Snapshot;`],
    ['src/dynsec/commands/a.ts', `export { a } from '../../gate/ports.js';`],
    ['src/dynsec/commands/deep/a.ts', `export * from '../../../gate/ports.js';`],
    ['src/gate/a.ts', `import { createHash } from 'node:crypto'; createHash('md5');`],
    ['src/gate/a.ts', `import { a } from '../cache/a.js'; a();`],
    ['src/gate/a.ts', `import type { a } from '../http/a.js'; export type A = a;`],
    ['src/credentials/a.ts', `import { a } from '../gate/authorize.js'; a();`],
    ['src/credentials/a.ts', `import { a } from '../gate/ports.js/../authorize.js'; a();`],
    ['src/credentials/a.ts', `import { a } from '../store/file/a.js'; a();`],
    ['src/credentials/a.ts', `import express from 'express'; express();`],
    ['src/cache/a.ts', `import { a } from '../credentials/a.js'; a();`],
    ['src/cache/a.ts', `import { hash } from 'bcrypt'; hash();`],
    ['src/store/file/a.ts', `import { Redis } from 'ioredis'; new Redis();`],
    ['src/store/redis/a.ts', `import { a } from '../../http/a.js'; a();`],
    ['src/store/go-auth-redis/a.ts', `import { a } from '../../migrate/findings.js'; a();`],
    ['src/migrate/go-auth/a.ts', `import { a } from '../../store/go-auth-redis/a.js'; a();`],
    ['src/migrate/a.ts', `import { a } from '../credentials/hash-pool.js'; a();`],
    ['src/migrate/a.ts', `import { readFileSync } from 'node:fs'; readFileSync('');`],
    ['src/store/memory/a.ts', `import { LRUCache } from 'lru-cache'; new LRUCache();`],
    ['src/http/a.ts', `import { a } from '../dynsec/decide.js'; a();`],
    ['src/http/a.ts', `import { type A } from '../dynsec/decide.js'; import { b } from '../main.js'; b();`],
    ['src/http/checks/a.ts', `import { a } from '../../store/file/a.js'; a();`],
    ['src/http/checks/a.ts', `import { a } from './../../config/a.js'; a();`],
    ['src/http/a.ts', `import { Redis } from 'ioredis/built/Redis.js'; new Redis();`],
    ['src/http/a.ts', `import { a } from '/src/store/a.js'; a();`],
    ['src/http/a.ts', `import { a } from 'mosquitto-gatehouse/dist/store/a.js'; a();`],
    ['src/cli/a.ts', `import express from 'express'; express();`],
    ['src/cli/a.ts', `import { a } from '../config/a.js'; a();`],
    ['src/telemetry/a.ts', `import { a } from '../gate/authorize.js'; a();`],
    ['src/telemetry/a.ts', `import type { A } from '../http/a.js'; export type B = A;`],
    ['src/config/a.ts', `import { ACL_TYPES } from '../dynsec/entities.js'; ACL_TYPES.at(0);`],
    ['src/config/a.ts', `import { Command } from 'commander'; new Command();`],
    ['src/config/a.ts', `import { env } from 'node:process'; env.at(0);`],
    ['src/http/a.ts', `import { createRequire } from 'node:module'; createRequire('');`],
    ['src/beside-main.ts', `import { a } from './store/a.js'; a();`],
    ['src/a-new-folder/a.ts', `import { a } from '../gate/ports.js'; a();`],
    ['src/http/a/b/c/d/a.ts', `import { a } from '../../../../../store/a.js'; a();`],
  ],
  '@typescript-eslint/no-import-type-side-effects': [
    ['src/http/a.ts', `import { type A } from '../dynsec/decide.js'; export type B = A;`],
  ],
  'no-restricted-syntax': [
    ['src/dynsec/a.ts', `export const a = () => import('../gate/ports.js');`],
    ['src/http/a.ts', `export const a = () => import('../store/a.js');`],
    ['src/http/a.ts', `export type A = import('../store/a.js').A;`],
    ['src/main.ts', `export const a = () => import('./store/a.js');`],
    ['src/dynsec/a.ts', `export async function a() {}`],
    ['src/dynsec/a.ts', `export const a = async () => {};`],
    ['src/http/a.ts', `export enum Colour { red }`],
    ['src/http/a.ts', `export const a = globalThis.process.env;`],
    ['test/unit/a.test.ts', `it.only('runs alone', () => {});`],
    ['test/unit/a.test.ts', `fdescribe('runs alone', () => {});`],
  ],
  'no-restricted-properties': [
    ['src/http/a.ts', `export const a = process.env['A'];`],
    ['src/config/a.ts', `export const { env } = process;`],
    ['src/cli/a.ts', `export const a = process.argv;`],
    ['src/store/redis/a.ts', `process.exit(1);`],
    ['src/gate/a.ts', `export const a = Math.random();`],
  ],
  'no-restricted-globals': [
    ['src/dynsec/a.ts', `export const a = () => Date.now();`],
    ['src/dynsec/a.ts', `setTimeout(() => {}, 1);`],
    ['src/gate/a.ts', `export const a = process.env;`],
    ['src/gate/a.ts', `export const a = performance.now();`],
  ],
  'no-restricted-exports': [
    ['src/http/a.ts', `export default function a() {}`],
    ['src/http/a.ts', `const a = 1; export { a as default };`],
    ['test/support/a.ts', `export default {};`],
  ],
  'no-console': [['src/http/a.ts', `console.log(1);`]],
  'max-lines': [
    ['src/http/a.ts', '//\n'.repeat(401)],
    ['test/unit/a.test.ts', '//\n'.repeat(501)],
  ],
  'max-lines-per-function': [['src/http/a.ts', `export function a() {\n${'a();\n'.repeat(59)}}`]],
  '@typescript-eslint/max-params': [
    ['src/http/a.ts', `export const f = (a, b, c, d, e) => [a, b, c, d, e];`],
    ['test/support/a.ts', `export const f = (a, b, c, d, e) => [a, b, c, d, e];`],
  ],
  '@typescript-eslint/no-explicit-any': [['src/http/a.ts', `export const a: any = 1;`]],
  '@typescript-eslint/no-non-null-assertion': [['src/http/a.ts', `export const a = [1][0]!;`]],
  '@typescript-eslint/ban-ts-comment': [['src/http/a.ts', `// @ts-expect-error\nexport const a = 1;`]],
  '@eslint-community/eslint-comments/require-description': [
    ['src/http/a.ts', `// eslint-disable-next-line no-console\nconsole.log(1);`],
    ['src/http/a.ts', `/* eslint-disable no-console */\nconsole.log(1);`],
    ['test/unit/a.test.ts', `/* eslint no-undef: off */\nexport const a = 1;`],
  ],
  '@eslint-community/eslint-comments/no-unlimited-disable': [
    ['src/http/a.ts', `/* eslint-disable -- tired */\nconsole.log(1);`],
  ],
};

/** What has to stay possible. */
const ACCEPTED: readonly Case[] = [
  ['src/dynsec/a.ts', `import { a } from './entities.js'; export const b = a;`],
  ['src/dynsec/commands/a.ts', `import { a } from '../entities.js'; export const b = a;`],
  ['src/gate/a.ts', `import { a } from '../dynsec/decide.js'; export const b = () => a;`],
  ['src/gate/a.ts', `export async function a(): Promise<void> { await b(); }`],
  [
    'src/credentials/a.ts',
    `import { UndecidedError } from '../gate/errors.js'; export const a = UndecidedError;`,
  ],
  [
    'src/credentials/a.ts',
    `import { LRUCache } from 'lru-cache'; import { hash } from 'bcrypt'; LRUCache(hash);`,
  ],
  [
    'src/cache/a.ts',
    `import type { Snapshot } from '../gate/ports.js'; import { LRUCache } from 'lru-cache';
    LRUCache(0 as Snapshot);`,
  ],
  [
    'src/store/file/a.ts',
    `import { watch } from 'node:fs'; import { a } from '../../dynsec/a.js'; watch(a);`,
  ],
  ['src/store/redis/a.ts', `import { Redis } from 'ioredis'; import { a } from '../memory/a.js'; Redis(a);`],
  ['src/http/a.ts', `import { a } from '../gate/authorize.js'; import express from 'express'; express(a);`],
  ['src/http/checks/a.ts', `import type { A } from '../../dynsec/decide.js'; export type B = A;`],
  ['src/http/checks/a.ts', `import { GatehouseError } from '../../dynsec/errors.js'; GatehouseError(a);`],
  ['src/http/checks/a.ts', `import { a } from '../server.js'; a();`],
  ['src/cli/a.ts', `import { Command } from 'commander'; import { a } from '../gate/a.js'; Command(a);`],
  ['src/telemetry/a.ts', `import type { A } from '../gate/a.js'; import { pino } from 'pino'; pino(0 as A);`],
  ['src/config/a.ts', `import type { A } from '../credentials/a.js'; import { z } from 'zod'; z(0 as A);`],
  ['src/config/a.ts', `import { GatehouseError } from '../dynsec/errors.js'; GatehouseError();`],
  [
    'src/main.ts',
    `import { a } from './store/redis/a.js'; import { Redis } from 'ioredis'; a(Redis, process.env);`,
  ],
  ['src/http/a.ts', '//\n'.repeat(399)],
  ['test/unit/a.test.ts', '//\n'.repeat(499)],
  ['src/http/a.ts', `// eslint-disable-next-line no-console -- it is the terminal's\nconsole.log(1);`],
];

function lint(cases: readonly Case[]): Finding[][] {
  const input = JSON.stringify(cases.map(([file, code]) => ({ filePath: join(ROOT, file), code })));
  const script = join(__dirname, 'lint-snippets.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`eslint failed: ${stderr}`);
  return JSON.parse(stdout) as Finding[][];
}

const firstLine = ([file, code]: Case): string => `${file}: ${code.split('\n', 1)[0] ?? ''}`;

describe('the lint rules', () => {
  const refused = Object.entries(REFUSED).flatMap(([rule, cases]) =>
    cases.map((snippet) => ({ rule, snippet, label: `${rule}: ${firstLine(snippet)}` })),
  );
  let findings: Finding[][];

  beforeAll(() => {
    findings = lint([...refused.map(({ snippet }) => snippet), ...ACCEPTED]);
  }, 60_000);

  it.each(refused.map((row, index) => ({ ...row, index })))('refuse $label', ({ rule, index }) => {
    expect(findings[index]?.map(({ ruleId }) => ruleId)).toContain(rule);
  });

  it.each(ACCEPTED.map(([file, code], index) => ({ label: firstLine([file, code]), index })))(
    'accept $label',
    ({ index }) => {
      expect(findings[refused.length + index]).toEqual([]);
    },
  );
});

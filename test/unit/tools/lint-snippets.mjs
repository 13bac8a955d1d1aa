/**
 * Lints snippets with the project's own configuration, in a process of its own because Jest does not load ES
 * modules. Standard input: JSON list of `{ filePath, code }`; standard output: for each, its list of
 * `{ ruleId, message }`. The rules that need types are off: the files do not exist.
 */
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const eslint = new ESLint({ overrideConfig: tseslint.configs.disableTypeChecked });

async function lint({ filePath, code }) {
  const [result] = await eslint.lintText(code, { filePath });
  return result.messages.map(({ ruleId, message }) => ({ ruleId, message }));
}

const results = [];
for (const snippet of await json(process.stdin)) results.push(await lint(snippet));
process.stdout.write(JSON.stringify(results));

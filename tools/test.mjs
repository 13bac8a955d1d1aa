/**
 * `npm test`: prepares the folder, sees to the system's packages, and runs Jest with the arguments given.
 * The last line on standard output says how many tests passed and failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { run, runTool } from './run.mjs';
import { requireSystemPackages } from './system-packages.mjs';

const JEST = inRoot('node_modules', 'jest', 'bin', 'jest.js');

async function runJest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const outputFile = join(folder, 'results.json');
  try {
    process.exitCode = await run(process.execPath, [JEST, '--json', `--outputFile=${outputFile}`, ...args]);
    return readResults(outputFile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where Jest did not get as far as to write its results, something failed that is no test. */
function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {
      numPassedTests: 0,
      numRuntimeErrorTestSuites: 1,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
    };
  }
}

/** A file that could not be run counts as one failure. */
function summary(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

await runTool(async () => {
  await prepare();
  await requireSystemPackages();
  const results = await runJest(process.argv.slice(2));
  process.stdout.write(`${summary(results)}\n`);
});

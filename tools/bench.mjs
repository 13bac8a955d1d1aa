/** `npm run bench`: prepares the folder, then runs the benchmarks with the arguments given. */
import { prepare } from './prepare.mjs';
import { inRoot } from './paths.mjs';
import { run, runTool } from './run.mjs';

await runTool(async () => {
  await prepare();
  process.exitCode = await run(process.execPath, [inRoot('bench', 'run.mjs'), ...process.argv.slice(2)]);
});

/**
 * `npm start`: prepares the folder, then is the service. Flags after `npm start --` are in process.argv, where the
 * service looks for them; it runs in this very process, so signals reach it.
 */
import { prepare } from './prepare.mjs';
import { runTool } from './run.mjs';

await runTool(async () => {
  await prepare();
  await import('../dist/main.js');
});

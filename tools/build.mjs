/** `npm run build`: installs the dependencies if need be, and builds dist/ anew in any case. */
import { prepare } from './prepare.mjs';
import { runTool } from './run.mjs';

await runTool(() => prepare({ rebuild: true }));

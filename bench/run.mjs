/**
 * `npm run bench`: every target with what is reached in this run, most of them ratios against a bare `node:http` server
 * side by side; less than a quarter of an hour. `npm run bench -- decide` runs one part.
 */
import { administration } from './parts/administration.mjs';
import { attack } from './parts/attack.mjs';
import { cache } from './parts/cache.mjs';
import { checks } from './parts/checks.mjs';
import { decisions } from './parts/decisions.mjs';
import { mqttStorm } from './parts/mqtt-storm.mjs';
import { freshness } from './parts/freshness.mjs';
import { outages } from './parts/outages.mjs';
import { realmSize } from './parts/realm-size.mjs';
import { refusalTimes } from './parts/refusal-times.mjs';
import { soak } from './parts/soak.mjs';
import { storm } from './parts/storm.mjs';
import { describeMachine, printTable } from './support/report.mjs';

const PARTS = {
  decide: decisions,
  cache,
  checks,
  administration,
  'realm-size': realmSize,
  storm,
  attack,
  'refusal-times': refusalTimes,
};
/** These are no lines of the table of targets, take their time, and run by their name alone. */
const LONG_PARTS = { freshness, outages, 'mqtt-storm': mqttStorm, soak };

const names = process.argv.slice(2);
const parts = names.length > 0 ? { ...PARTS, ...LONG_PARTS } : PARTS;
const unknown = names.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`there is no part \`${unknown.join('`, `')}\`; there are ${Object.keys(parts).join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(describeMachine());
  const startedAt = performance.now();
  const seconds = (since) => `${((performance.now() - since) / 1_000).toFixed(0)} s`;
  const rows = [];
  for (const [name, part] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n${name} ...`);
    const partStartedAt = performance.now();
    rows.push(...(await part()));
    console.log(`${name}: ${seconds(partStartedAt)}`);
  }
  printTable(rows);
  console.log(`\n${seconds(startedAt)} in all`);
}

import { cpus, release } from 'node:os';

/** Where and with what this was measured. */
export function describeMachine() {
  const [cpu] = cpus();
  return `Node.js ${process.version}, ${cpus().length} cores (${cpu?.model.trim()}), Linux ${release()}`;
}

/** The middle one. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Rows of { what, target, measured, isMet, detail }, with the verdict of each. */
export function printTable(rows) {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log(`\n${'what'.padEnd(width)}  ${'target'.padEnd(18)}  ${'measured'.padEnd(18)}  `);
  for (const { what, target, measured, isMet, detail = '' } of rows) {
    const verdict = isMet === undefined ? '' : isMet ? 'met' : 'NOT MET';
    console.log(
      `${what.padEnd(width)}  ${target.padEnd(18)}  ${measured.padEnd(18)}  ${verdict.padEnd(8)} ${detail}`.trimEnd(),
    );
  }
}

/** A row for a ratio that must not be below its target, or not above it. */
export function ratioRow({ what, ratio, atLeast, atMost, detail }) {
  const isMet = atLeast === undefined ? ratio <= atMost : ratio >= atLeast;
  const target = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return { what, target, measured: ratio.toFixed(2), isMet, detail };
}

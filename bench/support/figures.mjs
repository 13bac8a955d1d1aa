/** The value below which that part of them lies. */
export function percentile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/**
 * Whether two samples can be told apart (Mann and Whitney, normal approximation, no correction for ties, of which
 * there are hardly any among nanoseconds).
 * @returns `effect`, the chance that one of the second is larger than one of the first, 0.5 where nothing tells them
 * apart; and `p`, how often chance alone would do as much, two-sided.
 */
export function mannWhitney(first, second) {
  const all = [...first.map((value) => [value, 0]), ...second.map((value) => [value, 1])];
  all.sort(([a], [b]) => a - b);
  const ranks = all.reduce((sum, [, sample], i) => sum + (sample === 1 ? i + 1 : 0), 0);
  const [n, m] = [first.length, second.length];
  const larger = ranks - (m * (m + 1)) / 2;
  const z = (larger - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return { effect: larger / (n * m), p: 2 * upperTail(Math.abs(z)) };
}

/** How much of the normal distribution lies above z; to 7 digits (Abramowitz and Stegun 26.2.17). */
function upperTail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const factors = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  return density * factors.reduceRight((sum, factor) => (sum + factor) * t, 0);
}

/** Below which value that part of the normal distribution lies. */
export function normalQuantile(part) {
  let [low, high] = [-10, 10];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    const below = middle < 0 ? upperTail(-middle) : 1 - upperTail(middle);
    if (below < part) low = middle;
    else high = middle;
  }
  return low;
}

/** By how much y grows with x, of a straight line through the points (Theil and Sen: single peaks do not tilt it). */
export function slopeOf(points) {
  const slopes = points.flatMap(([x, y], i) =>
    points.slice(i + 1).map(([otherX, otherY]) => (otherY - y) / (otherX - x)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)];
}

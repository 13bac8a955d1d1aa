import type { Metric, Registry } from 'prom-client';

/** What a histogram of durations is made of. */
export interface DurationHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** The one label that it has. */
  readonly label: string;
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

/** What was counted for one value of the label. */
interface Counts {
  /** For each bound the values that are above the one before it and not above this one, and at the end the others. */
  readonly buckets: Float64Array;
  sum: number;
}

/** One line as prom-client has it. */
interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram in a registry of prom-client's, of which an observation costs some nanoseconds. Its own ones find what they
 * count by a text that is made of the labels each time: for a warm check that takes as long as deciding it.
 */
export class DurationHistogram {
  readonly #counts = new Map<string, Counts>();

  constructor(
    private readonly options: DurationHistogramOptions,
    registry: Registry,
  ) {
    const { name, help } = options;
    const shown = { name, help, type: 'histogram', aggregator: 'sum' };
    // What a registry asks of a metric is its name and this; the type wants one of the four classes.
    const metric = { ...shown, get: () => Promise.resolve({ ...shown, values: this.#samples() }) };
    registry.registerMetric(metric as unknown as Metric);
  }

  /** Counts one duration in seconds. */
  observe(label: string, seconds: number): void {
    let counts = this.#counts.get(label);
    const { buckets } = this.options;
    if (!counts) {
      counts = { buckets: new Float64Array(buckets.length + 1), sum: 0 };
      this.#counts.set(label, counts);
    }
    let at = 0;
    while (at < buckets.length && seconds > (buckets[at] ?? Infinity)) at++;
    counts.buckets[at] = (counts.buckets[at] ?? 0) + 1;
    counts.sum += seconds;
  }

  #samples(): readonly Sample[] {
    return [...this.#counts].flatMap(([value, counts]) => this.#samplesOf(value, counts));
  }

  /** Buckets hold those below them, too. */
  #samplesOf(value: string, { buckets, sum }: Counts): readonly Sample[] {
    const { name, label } = this.options;
    const labels = { [label]: value };
    let count = 0;
    const cumulative = [...buckets].map((own, at) => {
      count += own;
      const le = this.options.buckets[at] ?? '+Inf';
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...cumulative,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

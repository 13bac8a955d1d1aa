import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { DurationHistogram } from '../../../src/telemetry/duration-histogram.js';

const NAME = 'some_seconds';
const HELP = 'How long it took.';
const BUCKETS = [0.001, 0.01, 0.1];
const SEEN: readonly (readonly [string, number])[] = [
  ['a', 0],
  ['a', 0.001],
  ['a', 0.0011],
  ['b', 0.1],
  ['b', 7],
  ['a', 0.05],
];

function ours(): Registry {
  const registry = new Registry();
  const histogram = new DurationHistogram(
    { name: NAME, help: HELP, label: 'kind', buckets: BUCKETS },
    registry,
  );
  for (const [kind, seconds] of SEEN) histogram.observe(kind, seconds);
  return registry;
}

function theirs(): Registry {
  const registry = new Registry();
  const histogram = new Histogram({
    ...{ name: NAME, help: HELP, labelNames: ['kind'], buckets: BUCKETS, registers: [registry] },
  });
  for (const [kind, seconds] of SEEN) histogram.observe({ kind }, seconds);
  return registry;
}

describe('DurationHistogram', () => {
  it('says what a histogram of prom-client says', async () => {
    expect(await ours().metrics()).toBe(await theirs().metrics());
  });

  it('adds up with those of other processes as one of prom-client does', async () => {
    const sum = async (create: () => Registry): Promise<string> => {
      const told = [await create().getMetricsAsJSON(), await create().getMetricsAsJSON()];
      return AggregatorRegistry.aggregate(JSON.parse(JSON.stringify(told)) as object[]).metrics();
    };
    expect(await sum(ours)).toBe(await sum(theirs));
    expect(await sum(ours)).toContain(`${NAME}_count{kind="b"} 4`);
  });

  it('says nothing of what it has not seen', async () => {
    const registry = new Registry();
    new DurationHistogram({ name: NAME, help: HELP, label: 'kind', buckets: BUCKETS }, registry);
    expect(await registry.metrics()).toBe(`# HELP ${NAME} ${HELP}\n# TYPE ${NAME} histogram\n`);
  });
});

import type { Registry } from 'prom-client';
import { AggregatorRegistry } from 'prom-client';
import { SilentWorkersError } from '../gate/errors.js';
import type { Workers } from '../gate/ports.js';

/**
 * Of a worker: makes what tells the metrics of all of them, as text.
 * It throws SilentWorkersError where one does not answer: counters that go back would be taken for a restart.
 */
export function createMetricsSum(registry: Registry, workers: Workers): () => Promise<string> {
  const askAll = workers.inAll('metrics', () => registry.getMetricsAsJSON());
  return async () => {
    const { answers, silent } = await askAll(undefined);
    if (silent.length > 0) throw new SilentWorkersError('the metrics cannot be summed', silent);
    return AggregatorRegistry.aggregate([...answers]).metrics();
  };
}

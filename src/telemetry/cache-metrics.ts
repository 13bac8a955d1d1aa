import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CacheSource } from '../gate/ports.js';

/** Shows caches as metrics, as they are when somebody looks. */
export function registerCacheMetrics(registry: Registry, caches: readonly CacheSource[]): void {
  const common = { labelNames: ['cache'] as const, registers: [registry] };
  new Gauge({
    ...common,
    name: 'gatehouse_cache_entries',
    help: 'How many entries a cache holds.',
    collect() {
      for (const cache of caches) this.set({ cache: cache.name }, cache.status().entries);
    },
  });
  new Gauge({
    ...common,
    name: 'gatehouse_cache_bytes',
    help: 'About how much memory the entries of a cache take.',
    collect() {
      for (const cache of caches) this.set({ cache: cache.name }, cache.status().bytes);
    },
  });
  new Counter({
    ...common,
    labelNames: ['cache', 'outcome'] as const,
    name: 'gatehouse_cache_lookups_total',
    help: 'Questions to a cache, by what came of them.',
    collect() {
      this.reset();
      for (const cache of caches) {
        const { hits, misses } = cache.status();
        this.inc({ cache: cache.name, outcome: 'hit' }, hits);
        this.inc({ cache: cache.name, outcome: 'miss' }, misses);
      }
    },
  });
}

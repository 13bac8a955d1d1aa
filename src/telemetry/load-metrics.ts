import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { EventLoopLoad } from './event-loop-load.js';

/** Work for the hash threads. */
export interface HashWork {
  readonly waiting: number;
  readonly running: number;
}

/** Shows what there is to do as metrics, as it is when somebody looks. */
export function registerLoadMetrics(registry: Registry, load: EventLoopLoad, hashes: HashWork): void {
  const registers = [registry];
  new Gauge({
    name: 'gatehouse_event_loop_lag_seconds',
    help: 'How late the event loop is, by which load is shed.',
    aggregator: 'max',
    registers,
    collect() {
      this.set(load.lagMs / 1_000);
    },
  });
  new Gauge({
    name: 'gatehouse_hash_queue',
    help: 'Password hashes under way, by state.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'waiting' }, hashes.waiting);
      this.set({ state: 'running' }, hashes.running);
    },
  });
}

import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Logger } from './log.js';
import type { Storm, StormWatch } from './storm-watch.js';

const STORMS = 'gatehouse_storms_total';

/** Writes down what storms were, and keeps the last one as metrics. */
export class StormTelemetry {
  readonly #storms: Counter;
  readonly #last: Readonly<Record<'start' | 'duration' | 'logins' | 'remembered' | 'p99', Gauge>>;

  constructor(
    private readonly registry: Registry,
    private readonly log: Logger,
  ) {
    const registers = [registry];
    const gauge = (name: string, help: string): Gauge =>
      // Of several processes that serve, the one that shows more: sums of times would say nothing.
      new Gauge({ name: `gatehouse_storm_last_${name}`, help, registers, aggregator: 'max' });
    this.#storms = new Counter({ name: STORMS, help: 'Reconnect storms that are over.', registers });
    this.#last = {
      start: gauge('start_timestamp_seconds', 'When the last reconnect storm began.'),
      duration: gauge('duration_seconds', 'How long the last reconnect storm took.'),
      logins: gauge('logins', 'How many logins the last reconnect storm had.'),
      remembered: gauge('remembered_ratio', 'Which part of the logins of the last storm needed no hash.'),
      p99: gauge('p99_seconds', '99 of 100 logins of the last reconnect storm took no longer.'),
    };
  }

  /** Shows whether there is a storm. */
  watch(storms: StormWatch): void {
    new Gauge({
      name: 'gatehouse_storm_active',
      help: '1 during a reconnect storm.',
      aggregator: 'max',
      registers: [this.registry],
      collect() {
        storms.turn();
        this.set(storms.isStorm ? 1 : 0);
      },
    });
  }

  /** A storm is over. */
  ended(storm: Storm): void {
    const { startedAt, durationSeconds, logins, rememberedShare, p99Seconds } = storm;
    this.#storms.inc();
    this.#last.start.set(startedAt.getTime() / 1_000);
    this.#last.duration.set(durationSeconds);
    this.#last.logins.set(logins);
    this.#last.remembered.set(rememberedShare);
    this.#last.p99.set(p99Seconds);
    this.log.info(storm, 'reconnect storm');
  }
}

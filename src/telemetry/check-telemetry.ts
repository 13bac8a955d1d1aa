import type { CheckEvent, CheckObserver } from '../gate/ports.js';
import { DenialLog } from './denial-log.js';
import type { Logger } from './log.js';
import type { Metrics } from './metrics.js';

/** Counts every check, and writes down the ones that somebody will ask about. */
export class CheckTelemetry implements CheckObserver {
  readonly #denials: DenialLog;

  constructor(
    private readonly metrics: Metrics,
    log: Logger,
  ) {
    this.#denials = new DenialLog(log);
  }

  observe(event: CheckEvent): void {
    this.metrics.checked(event);
    if (event.outcome !== 'allow') this.#denials.note(event);
  }
}

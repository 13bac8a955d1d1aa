import { pino } from 'pino';
import type { Logger, LogLevel } from '../../../src/telemetry/log.js';

/** A line of the log, parsed. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A log as the service has it, kept in memory instead of written to standard error. */
export class MemoryLog {
  readonly logger: Logger;
  #text = '';

  constructor(level: LogLevel) {
    const keep = (line: string): void => {
      this.#text += line;
    };
    this.logger = pino(
      { name: 'gatehouse', level, timestamp: pino.stdTimeFunctions.isoTime },
      { write: keep },
    );
  }

  /** Everything, as it would stand in a file. */
  text(): string {
    return this.#text;
  }

  /** Every line, parsed; throws for a line that is not JSON. */
  lines(): LogLine[] {
    const lines = this.#text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** The lines about checks of this user name, as the log shows it. */
  linesOf(username: string): LogLine[] {
    return this.lines().filter((line) => line['username'] === username);
  }
}

import type { Logger } from 'pino';
import { pino } from 'pino';

export type { Logger } from 'pino';

/** The levels of the log, from the most quiet. */
export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Lines of JSON on standard error: standard output is for people. */
export function createLog(level: LogLevel): Logger {
  return pino(
    { name: 'gatehouse', level, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}

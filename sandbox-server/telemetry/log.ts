/**
 * Logs and metrics of the server. A log line has a constant message and facts as fields; neither terminal bytes
 * nor tickets, cookies and tokens, and nothing that names a learner beyond the sandbox's id.
 */
import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config.ts';

export type { Logger };

/** One JSON object a line on standard output. */
export function createLog(level: LogLevel): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['*.ticket', '*.token', '*.cookie', '*.authorization'],
  });
}

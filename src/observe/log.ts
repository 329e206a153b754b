/** Logs: one JSON line an event. */
import { destination, type Logger, pino } from 'pino';

export type { Logger };

/** From the most to the least that is told. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** A logger that writes to standard error, and loses lines rather than failing when nobody reads them any more. */
export function createLogger(name: string, level = 'info'): Logger {
  const stream = destination({ dest: 2, sync: true });
  stream.on('error', () => {});
  return pino(
    {
      name,
      level,
      redact: ['headers.authorization', 'headers["x-auth-token"]', 'password', 'secret', 'token'],
    },
    stream,
  );
}

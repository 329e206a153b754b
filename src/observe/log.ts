/** Logs: one JSON line an event. */
import { destination, type Logger, pino } from 'pino';

export type { Logger };

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

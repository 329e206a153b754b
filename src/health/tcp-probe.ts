import { ConnectionAttempt } from './connection-attempt.ts';
import { ContentExchange, contentCheck } from './content-check.ts';
import type { MonitorSettings } from './monitor.ts';
import type { Probe } from './probe.ts';

/** TCP: the member passes when it accepts a connection in time, and says what it should if its content is checked. */
export function createTcpProbe(monitor: MonitorSettings): Probe {
  const check = contentCheck(monitor);
  const { receive } = check ?? {};
  if (!check || !receive) return (target, finished) => new ConnectionAttempt(target, null, finished);
  return (target, finished) =>
    new ConnectionAttempt(target, new ContentExchange(check.send, receive), finished);
}

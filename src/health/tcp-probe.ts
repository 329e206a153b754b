import { ConnectionAttempt } from './connection-attempt.ts';
import type { Probe } from './probe.ts';

/** TCP: the member passes when it accepts a connection in time. */
export function createTcpProbe(): Probe {
  return (target, finished) => new ConnectionAttempt(target, null, finished);
}

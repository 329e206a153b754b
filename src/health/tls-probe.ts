import type { Probe } from './probe.ts';
import { TlsAttempt } from './tls-attempt.ts';

/** TLS: the member passes when it completes a handshake in time. */
export function createTlsProbe(): Probe {
  return (target, finished) => new TlsAttempt(target, null, finished);
}

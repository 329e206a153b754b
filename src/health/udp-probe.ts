import { contentCheck } from './content-check.ts';
import { DatagramAttempt } from './datagram-attempt.ts';
import type { MonitorSettings } from './monitor.ts';
import type { Probe } from './probe.ts';

/** A datagram of nothing asks no application for anything, and a closed port answers it all the same. */
const nothing = Buffer.alloc(0);

/** UDP_CONNECT: the member passes when its port is not closed, and answers as it should if its content is checked. */
export function createUdpProbe(monitor: MonitorSettings): Probe {
  const check = contentCheck(monitor);
  const exchange = { request: check?.send ?? nothing, answer: check?.receive ?? null };
  return (target, finished) => new DatagramAttempt(target, exchange, finished);
}

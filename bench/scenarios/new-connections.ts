import { elbow } from '../peers/elbow.ts';
import { haproxy } from '../peers/haproxy.ts';
import { nginx } from '../peers/nginx.ts';
import type { Mode } from '../peers/peer.ts';
import { compare } from '../support/comparison.ts';
import type { Row } from '../support/rows.ts';
import { measureTraffic } from '../support/traffic.ts';
import type { Bench, Scenario } from './scenario.ts';

/** Clients that connect, send one request, get their answer and close. */
export const httpConnections: Scenario = {
  key: 'http-connections',
  title: 'new HTTP connections',
  run: (bench) => measure(bench, 'http'),
};

/** The same through a TCP listener, which needs a new connection to the member for each. */
export const tcpConnections: Scenario = {
  key: 'tcp-connections',
  title: 'new TCP connections',
  run: (bench) => measure(bench, 'tcp'),
};

async function measure(bench: Bench, mode: Mode): Promise<readonly Row[]> {
  const title = `new connections, ${mode.toUpperCase()}, one request each`;
  const { traffic, absent } = await measureTraffic(bench, {
    measure: title,
    mode,
    peers: [elbow, haproxy, nginx],
    connections: 32,
    reconnects: true,
    path: '/small',
    generator: bench.generator,
  });
  const rates = compare(traffic, {
    measure: `${title}: rate`,
    unit: 'a second',
    value: ({ requestsPerSecond }) => requestsPerSecond,
    goals: new Map([
      [elbow, { text: 'at least 0.8 × HAProxy', of: haproxy, isMet: (ratio) => ratio >= 0.8 }],
    ]),
  });
  const costs = compare(traffic, {
    measure: `${title}: processor time`,
    unit: 'µs',
    value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
    goals: new Map(),
  });
  return [...rates, ...costs, ...absent];
}

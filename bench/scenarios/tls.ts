import { elbow } from '../peers/elbow.ts';
import { haproxy } from '../peers/haproxy.ts';
import { nginx } from '../peers/nginx.ts';
import { compare, rateNote } from '../support/comparison.ts';
import { measureTraffic } from '../support/traffic.ts';
import type { Scenario } from './scenario.ts';

const plan = {
  mode: 'https',
  peers: [elbow, haproxy, nginx],
  connections: 32,
  path: '/small',
} as const;

const kept = 'HTTPS kept alive, small: processor time a request';
const handshakes = 'new HTTPS connections, full handshake and one request each';

/** The same small requests over TLS, on kept-alive connections and on a new one each. */
export const tls: Scenario = {
  key: 'tls',
  title: 'HTTPS',
  run: async (bench) => {
    const { generator } = bench;
    const alive = await measureTraffic(bench, { ...plan, measure: kept, reconnects: false, generator });
    const anew = await measureTraffic(bench, { ...plan, measure: handshakes, reconnects: true, generator });
    return [
      ...compare(alive.traffic, {
        measure: kept,
        unit: 'µs',
        value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
        goals: new Map([
          [elbow, { text: 'at most 1.3 × HAProxy', of: haproxy, isMet: (ratio) => ratio <= 1.3 }],
        ]),
        note: rateNote,
      }),
      ...alive.absent,
      ...compare(anew.traffic, {
        measure: `${handshakes}: rate`,
        unit: 'a second',
        value: ({ requestsPerSecond }) => requestsPerSecond,
        goals: new Map(),
      }),
      ...compare(anew.traffic, {
        measure: `${handshakes}: processor time`,
        unit: 'µs',
        value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
        goals: new Map(),
      }),
      ...anew.absent,
    ];
  },
};

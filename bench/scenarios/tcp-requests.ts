import { elbow } from '../peers/elbow.ts';
import { haproxy } from '../peers/haproxy.ts';
import { nginx } from '../peers/nginx.ts';
import { compare, rateNote } from '../support/comparison.ts';
import { measureTraffic } from '../support/traffic.ts';
import type { Scenario } from './scenario.ts';

const measure = 'TCP, small: processor time a request';

/** The same small requests through a listener that does not look into them. */
export const tcpRequests: Scenario = {
  key: 'tcp',
  title: 'TCP, small requests',
  run: async (bench) => {
    const { traffic, absent } = await measureTraffic(bench, {
      measure,
      mode: 'tcp',
      peers: [elbow, haproxy, nginx],
      connections: 32,
      reconnects: false,
      path: '/small',
      generator: bench.generator,
    });
    const figures = compare(traffic, {
      measure,
      unit: 'µs',
      value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
      goals: new Map([
        [elbow, { text: 'at most 1.2 × HAProxy', of: haproxy, isMet: (ratio) => ratio <= 1.2 }],
      ]),
      note: rateNote,
    });
    return [...figures, ...absent];
  },
};

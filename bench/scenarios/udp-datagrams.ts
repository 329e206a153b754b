import { elbow } from '../peers/elbow.ts';
import { nginx } from '../peers/nginx.ts';
import { compare, rateNote } from '../support/comparison.ts';
import { datagramGenerator } from '../support/load.ts';
import { measureTraffic } from '../support/traffic.ts';
import type { Scenario } from './scenario.ts';

const measure = 'UDP, 128 bytes: processor time a datagram and its answer';

/** Small datagrams of 64 clients, each sent when the one before has come back. HAProxy forwards no UDP. */
export const udpDatagrams: Scenario = {
  key: 'udp',
  title: 'UDP, small datagrams',
  run: async (bench) => {
    const { traffic, absent } = await measureTraffic(bench, {
      measure,
      mode: 'udp',
      peers: [elbow, nginx],
      connections: 64,
      reconnects: false,
      path: '/small',
      generator: datagramGenerator(bench.workshop),
    });
    const figures = compare(traffic, {
      measure,
      unit: 'µs',
      value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
      goals: new Map(),
      note: rateNote,
    });
    return [...figures, ...absent];
  },
};

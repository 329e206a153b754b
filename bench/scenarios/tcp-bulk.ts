import { elbow } from '../peers/elbow.ts';
import { haproxy, splicingHaproxy } from '../peers/haproxy.ts';
import { nginx } from '../peers/nginx.ts';
import { compare } from '../support/comparison.ts';
import { ownGenerator } from '../support/load.ts';
import { spread } from '../support/spread.ts';
import { measureTraffic, type Sample } from '../support/traffic.ts';
import type { Scenario } from './scenario.ts';

const measure = 'TCP, bodies of 1 MiB: bytes a second';

/** Bulk: few connections, large answers. */
export const tcpBulk: Scenario = {
  key: 'bulk',
  title: 'TCP, bulk',
  run: async (bench) => {
    const { traffic, absent } = await measureTraffic(bench, {
      measure,
      mode: 'tcp',
      peers: [elbow, haproxy, splicingHaproxy, nginx],
      connections: 8,
      reconnects: false,
      path: '/large',
      generator: ownGenerator(bench.workshop),
    });
    const figures = compare(traffic, {
      measure,
      unit: 'MiB/s',
      value: ({ bytesPerSecond }) => bytesPerSecond / 2 ** 20,
      goals: new Map([[elbow, { text: 'at least 1 × HAProxy', of: haproxy, isMet: (ratio) => ratio >= 1 }]]),
      note: processorNote,
    });
    return [...figures, ...absent];
  },
};

function processorNote(samples: readonly Sample[]): string {
  const seconds = spread(samples.map(({ processorSecondsPerByte }) => processorSecondsPerByte)).median;
  return `${(seconds * 2 ** 30).toFixed(2)} s of processor a GiB`;
}
